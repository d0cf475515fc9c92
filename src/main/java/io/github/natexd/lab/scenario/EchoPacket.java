package io.github.natexd.lab.scenario;

import io.github.natexd.wire.Checksum;
import io.github.natexd.wire.IcmpEcho;
import io.github.natexd.wire.Ipv4Header;
import io.github.natexd.wire.Protocol;
import java.nio.ByteBuffer;

/** An echo request or reply in an IPv4 packet without options, in a direct buffer that is reused. */
final class EchoPacket {
    private static final int PACKET_MAX = 2048;
    private static final int TTL = 64;
    private static final int CHECKSUM = 2;

    private final ByteBuffer buffer = ByteBuffer.allocateDirect(PACKET_MAX);
    private final ByteBuffer message = buffer.slice(Ipv4Header.MIN_LENGTH, PACKET_MAX - Ipv4Header.MIN_LENGTH);
    private final Ipv4Header ip = new Ipv4Header();
    private final IcmpEcho echo = new IcmpEcho();

    /** The whole packet. */
    ByteBuffer buffer() {
        return buffer;
    }

    /** The ICMP message alone. */
    ByteBuffer message() {
        return message;
    }

    /** Whether the first octets of the buffer are such a packet; if not, none of the queries may be asked. */
    boolean check(int length) {
        if (ip.over(buffer, 0, length).check(false) != Ipv4Header.Problem.NONE
                || ip.protocol() != Protocol.ICMP
                || ip.isFragment()
                || ip.optionsLength() > 0
                || ip.transportOctets() < IcmpEcho.LENGTH) {
            return false;
        }
        echo.over(buffer, ip.transportOffset());
        return true;
    }

    int source() {
        return ip.source();
    }

    int destination() {
        return ip.destination();
    }

    int length() {
        return ip.totalLength();
    }

    int messageLength() {
        return ip.transportOctets();
    }

    int type() {
        return echo.type();
    }

    int identifier() {
        return echo.identifier();
    }

    int sequence() {
        return echo.sequence();
    }

    /** Makes a reply of a message of this length that is in the buffer: only the sequence and the data stay. */
    void becomeReply(int source, int destination, int identifier, int messageLength) {
        int length = Ipv4Header.MIN_LENGTH + messageLength;
        Ipv4Header.write(buffer, 0, 0, length, 0, 0, TTL, Protocol.ICMP, source, destination);
        message.put(0, (byte) IcmpEcho.TYPE_REPLY).put(1, (byte) 0).putShort(CHECKSUM, (short) 0);
        message.putShort(CHECKSUM, (short) Checksum.complement(Checksum.sum(message, 0, messageLength)));
        ip.over(buffer, 0, length).check(false);
        echo.over(buffer, Ipv4Header.MIN_LENGTH).rewriteIdentifier(identifier);
    }
}
