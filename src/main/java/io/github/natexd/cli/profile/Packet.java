package io.github.natexd.cli.profile;

import io.github.natexd.wire.TcpHeader;
import org.jspecify.annotations.Nullable;

/**
 * One IPv4 packet of a capture, reduced to what a profile compares. An echo's identifier and sequence number are its
 * ports: the identifier is the guest's, so it is the source of a request and the destination of a reply.
 *
 * @param sentByHost the capture says that the host itself sent it
 * @param content a digest of the octets behind the transport header
 * @param length the octets behind the IPv4 header
 * @param segment TCP only
 * @param quote ICMP errors only
 */
record Packet(
        long nanos,
        boolean sentByHost,
        Kind kind,
        int source,
        int sourcePort,
        int destination,
        int destinationPort,
        int identification,
        int timeToLive,
        long content,
        int length,
        @Nullable Segment segment,
        @Nullable Quote quote) {
    enum Kind {
        UDP,
        ECHO_REQUEST,
        ECHO_REPLY,
        TCP,
        ERROR
    }

    /** @param octets of data, without the header */
    record Segment(int flags, int sequence, int acknowledged, int octets) {
        /** Opens a connection. */
        boolean isOpening() {
            return (flags & (TcpHeader.SYN | TcpHeader.ACK)) == TcpHeader.SYN;
        }

        /** Accepts an opening. */
        boolean isAccepting() {
            return (flags & (TcpHeader.SYN | TcpHeader.ACK)) == (TcpHeader.SYN | TcpHeader.ACK);
        }

        /** Carries an acknowledgement and neither opens nor ends anything. */
        boolean isAcknowledging() {
            return (flags & (TcpHeader.FIN | TcpHeader.SYN | TcpHeader.RST | TcpHeader.ACK)) == TcpHeader.ACK;
        }
    }

    /** The packet that an ICMP error is about. */
    record Quote(int type, int code, int protocol, int source, int sourcePort, int destination, int destinationPort) {}

    /** One direction of a flow. */
    record Flow(Kind kind, int source, int sourcePort, int destination, int destinationPort) {
        Flow reversed() {
            return new Flow(kind, destination, destinationPort, source, sourcePort);
        }
    }

    Flow flow() {
        return new Flow(kind, source, sourcePort, destination, destinationPort);
    }
}
