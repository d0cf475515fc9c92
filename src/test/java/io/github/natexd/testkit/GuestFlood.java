package io.github.natexd.testkit;

import io.github.natexd.lab.Lab;
import io.github.natexd.lab.Node;
import io.github.natexd.lab.Topology;
import io.github.natexd.linux.emulation.Namespace;
import io.github.natexd.linux.packet.PacketSocket;
import io.github.natexd.wire.EthernetFrame;
import io.github.natexd.wire.Ipv4Address;
import java.nio.ByteBuffer;

/** UDP probes of guest 1, each different, as fast as it can send. They cause no errors. */
public final class GuestFlood {
    /** Addresses behind the target, which forwards nothing and reports nothing. */
    private static final int NOWHERE = Ipv4Address.parse("198.18.0.0");

    private static final int DESTINATION = 16;
    private static final int DESTINATION_PORT = 22;

    private GuestFlood() {}

    public static void send(Lab lab, int probes) {
        byte[] probe = Packets.udpProbe(Ipv4Address.parse(Topology.GUEST1), NOWHERE, 40000, 1)
                .ttl(50)
                .checksum(0)
                .bytes();
        ByteBuffer frame = ByteBuffer.allocateDirect(EthernetFrame.LENGTH + probe.length);
        ByteBuffer octets = frame.slice(EthernetFrame.LENGTH, probe.length).put(0, probe);
        try (PacketSocket socket = Namespace.call(
                lab.namespace(Node.GUEST1), () -> PacketSocket.openUnfiltered(Topology.GUEST_INTERFACE))) {
            for (int i = 0; i < probes; i++) {
                octets.putInt(DESTINATION, NOWHERE + i / 1000).putShort(DESTINATION_PORT, (short) (1 + i % 1000));
                socket.queueFrame(Macs.NAT, Macs.GUEST1, frame, EthernetFrame.LENGTH, probe.length);
                socket.sendFrames();
            }
        }
    }
}
