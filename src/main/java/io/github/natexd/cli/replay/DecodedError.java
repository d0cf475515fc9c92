package io.github.natexd.cli.replay;

import io.github.natexd.wire.IcmpEcho;
import io.github.natexd.wire.IcmpError;
import io.github.natexd.wire.Ipv4Address;
import io.github.natexd.wire.Ipv4Header;
import io.github.natexd.wire.Protocol;
import io.github.natexd.wire.UdpHeader;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * An ICMP error decoded for display; only its length is checked.
 *
 * @param quote the embedded packet; null if it is too short or not IPv4
 */
record DecodedError(
        int reporter,
        int destination,
        int length,
        int type,
        int code,
        int mtu,
        @Nullable Quote quote) {
    private static final int MTU_OFFSET = 6;

    /**
     * The embedded packet.
     *
     * @param hasPorts whether the ports are known: those of UDP or TCP, or identifier and sequence number of an echo
     */
    record Quote(
            int protocol,
            int source,
            int destination,
            int identification,
            int timeToLive,
            boolean hasPorts,
            int sourcePort,
            int destinationPort) {
        String protocolName() {
            return switch (protocol) {
                case Protocol.UDP -> "udp";
                case Protocol.TCP -> "tcp";
                case Protocol.ICMP -> "icmp";
                default -> "protocol-" + protocol;
            };
        }

        @Override
        public String toString() {
            String from = Ipv4Address.text(source);
            String to = Ipv4Address.text(destination);
            String rest = " id 0x%04x ttl %d".formatted(identification, timeToLive);
            if (!hasPorts) {
                return protocolName() + " " + from + " > " + to + rest;
            }
            if (protocol == Protocol.ICMP) {
                return "echo " + from + " > " + to + " identifier " + sourcePort + " sequence " + destinationPort
                        + rest;
            }
            return protocolName() + " " + from + ":" + sourcePort + " > " + to + ":" + destinationPort + rest;
        }
    }

    /** Decodes a packet that begins with a complete IPv4 header and the first octets of an ICMP error. */
    static DecodedError of(byte[] octets) {
        ByteBuffer packet = ByteBuffer.wrap(octets);
        Ipv4Header outer = new Ipv4Header().over(packet, 0, octets.length);
        outer.check(true);
        IcmpError error = new IcmpError().over(packet, outer.transportOffset(), outer.transportOctets());
        return new DecodedError(
                outer.source(),
                outer.destination(),
                outer.totalLength(),
                error.type(),
                error.code(),
                packet.getShort(error.offset() + MTU_OFFSET) & 0xFFFF,
                quote(packet, error));
    }

    /** The kind of error in words. */
    String kind() {
        return switch (type) {
            case IcmpError.TYPE_TIME_EXCEEDED ->
                code == IcmpError.CODE_REASSEMBLY_TIME_EXCEEDED ? "reassembly time exceeded" : "time exceeded";
            case IcmpError.TYPE_DESTINATION_UNREACHABLE ->
                switch (code) {
                    case IcmpError.CODE_PORT_UNREACHABLE -> "port unreachable";
                    case IcmpError.CODE_FRAGMENTATION_NEEDED -> "fragmentation needed (MTU " + mtu + ")";
                    default -> "destination unreachable (code " + code + ")";
                };
            case IcmpError.TYPE_PARAMETER_PROBLEM -> "parameter problem";
            case IcmpError.TYPE_SOURCE_QUENCH -> "source quench";
            case IcmpError.TYPE_REDIRECT -> "redirect";
            default -> "ICMP type " + type + " code " + code;
        };
    }

    private static @Nullable Quote quote(ByteBuffer packet, IcmpError error) {
        Ipv4Header embedded = new Ipv4Header().over(packet, error.embeddedOffset(), error.embeddedOctets());
        if (embedded.check(true) != Ipv4Header.Problem.NONE) {
            return null;
        }
        int at = embedded.transportOffset();
        int protocol = embedded.protocol();
        boolean head = !embedded.isLaterFragment() && embedded.transportOctets() >= UdpHeader.LENGTH;
        boolean echo = protocol == Protocol.ICMP && head && isEcho(packet.get(at) & 0xFF);
        boolean ports = head && (protocol == Protocol.UDP || protocol == Protocol.TCP);
        int portsAt = echo ? at + Integer.BYTES : at;
        return new Quote(
                protocol,
                embedded.source(),
                embedded.destination(),
                embedded.identification(),
                embedded.timeToLive(),
                echo || ports,
                echo || ports ? packet.getShort(portsAt) & 0xFFFF : 0,
                echo || ports ? packet.getShort(portsAt + Short.BYTES) & 0xFFFF : 0);
    }

    private static boolean isEcho(int type) {
        return type == IcmpEcho.TYPE_REQUEST || type == IcmpEcho.TYPE_REPLY;
    }
}
