package io.github.natexd.lab.scenario;

import io.github.natexd.linux.emulation.Tap;
import io.github.natexd.linux.libc.Poller;
import io.github.natexd.wire.IcmpEcho;
import java.nio.ByteBuffer;

/** Answers every echo request that the kernel sends into a TUN device, without asking anybody. */
final class EchoAnswerer implements Worker.Part {
    private final Tap tun;
    private final EchoPacket packet = new EchoPacket();

    EchoAnswerer(Tap tun) {
        this.tun = tun;
    }

    @Override
    public void register(Poller poller) {
        poller.register(tun.descriptor());
    }

    @Override
    public long turn() {
        ByteBuffer buffer = packet.buffer();
        for (int length = tun.read(buffer); length > 0; length = tun.read(buffer)) {
            if (packet.check(length) && packet.type() == IcmpEcho.TYPE_REQUEST) {
                packet.becomeReply(packet.destination(), packet.source(), packet.identifier(), packet.messageLength());
                tun.write(buffer, 0, packet.length());
            }
        }
        return WHEN_THERE_IS_INPUT;
    }
}
