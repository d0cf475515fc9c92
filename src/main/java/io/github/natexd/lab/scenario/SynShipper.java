package io.github.natexd.lab.scenario;

import io.github.natexd.linux.emulation.FrameSocket;
import io.github.natexd.linux.emulation.Inet4Socket;
import io.github.natexd.linux.libc.Poller;

/** Captures the SYNs that a client sends to one address, and ships a copy of each packet there by UDP. */
final class SynShipper implements Worker.Part {
    private final FrameSocket frames;
    private final Inet4Socket udp;
    private final int server;
    private final int port;
    private final Syn syn = new Syn();

    SynShipper(FrameSocket frames, Inet4Socket udp, int server, int port) {
        this.frames = frames;
        this.udp = udp;
        this.server = server;
        this.port = port;
    }

    @Override
    public void register(Poller poller) {
        poller.register(frames.descriptor());
    }

    @Override
    public long turn() {
        while (frames.receive()) {
            if (frames.outgoing() && syn.overFrame(frames.octets(), frames.length()) && syn.destination() == server) {
                udp.send(server, port, frames.octets(), syn.packetOffset(), syn.packetLength());
            }
        }
        return WHEN_THERE_IS_INPUT;
    }
}
