package io.github.natexd.lab.scenario;

import io.github.natexd.wire.Checksum;
import io.github.natexd.wire.EthernetFrame;
import io.github.natexd.wire.Ipv4Header;
import io.github.natexd.wire.Protocol;
import io.github.natexd.wire.TcpHeader;
import java.nio.ByteBuffer;

/** A TCP segment that opens a connection, in its IPv4 packet. */
final class Syn {
    private static final int DECISIVE = TcpHeader.FIN | TcpHeader.SYN | TcpHeader.RST | TcpHeader.ACK;

    private final EthernetFrame ethernet = new EthernetFrame();
    private final Ipv4Header ip = new Ipv4Header();
    private final TcpHeader tcp = new TcpHeader();

    /** Whether the frame has such a packet; if not, nothing else may be asked. */
    boolean overFrame(ByteBuffer frame, int length) {
        return ethernet.over(frame, 0, length).check()
                && ethernet.isIpv4()
                && overPacket(frame, ethernet.payloadOffset(), ethernet.payloadOctets());
    }

    /** Whether the octets are such a packet; if not, nothing else may be asked. */
    boolean overPacket(ByteBuffer packet, int offset, int length) {
        return ip.over(packet, offset, length).check(false) == Ipv4Header.Problem.NONE
                && ip.protocol() == Protocol.TCP
                && !ip.isFragment()
                && tcp.over(packet, ip.transportOffset(), ip.transportOctets()).check()
                && (tcp.flags() & DECISIVE) == TcpHeader.SYN;
    }

    int destination() {
        return ip.destination();
    }

    int packetOffset() {
        return ip.offset();
    }

    int packetLength() {
        return ip.totalLength();
    }

    int checksum() {
        return tcp.checksum();
    }

    /** What a kernel leaves in the checksum if the interface is to finish it. */
    int unfinishedChecksum() {
        return Checksum.pseudoHeader(ip.source(), ip.destination(), Protocol.TCP, ip.transportOctets());
    }

    /** Computes the checksum anew, whatever it was. */
    void repairChecksum() {
        tcp.computeChecksum(ip.source(), ip.destination());
    }
}
