package io.github.natexd.relay;

import io.github.natexd.mapping.ReadProbe;
import io.github.natexd.report.Reason;
import io.github.natexd.translate.Judgement;
import io.github.natexd.wire.EthernetFrame;
import io.github.natexd.wire.IcmpError;
import io.github.natexd.wire.Ipv4Header;
import io.github.natexd.wire.Protocol;
import java.util.Locale;

/** One error on its way to a guest: what can be compared between natexd and the NAT process. Reused. */
final class Delivery {
    /** The kinds of errors that NAT processes treat differently. */
    private enum Kind {
        TIME_EXCEEDED,
        FRAGMENTATION_NEEDED,
        PORT_UNREACHABLE,
        DESTINATION_UNREACHABLE,
        PARAMETER_PROBLEM
    }

    /** How many classes there are: a class is a kind and a protocol. */
    static final int CLASSES = 2 * Kind.values().length;

    /** A frame and the error that it matches come within this time. */
    static final long RECENT_NANOS = 1_000_000_000;

    int errorClass;
    int guest;
    int reporter;
    int ports;
    long guestMac;
    long gatewayMac;
    long nanos;
    /** The host does not get the error; unknown for a frame that was seen. */
    boolean moved;

    /** Becomes the delivery of an error that natexd got. */
    Delivery of(Judgement error, long nowNanos) {
        errorClass = classOf(error.type, error.code, error.quoted.protocol);
        guest = error.guest;
        reporter = error.reporter;
        ports = error.guestPort << 16 | error.quoted.destinationPort;
        guestMac = error.guestMac;
        gatewayMac = error.gatewayMac;
        nanos = nowNanos;
        moved = error.reason == Reason.RELAYED;
        return this;
    }

    /** Becomes the delivery of an error that a frame carries. */
    Delivery of(EthernetFrame frame, Ipv4Header header, IcmpError error, ReadProbe quoted, long nowNanos) {
        errorClass = classOf(error.type(), error.code(), quoted.protocol);
        guest = header.destination();
        reporter = header.source();
        ports = quoted.sourcePort << 16 | quoted.destinationPort;
        guestMac = frame.destination();
        gatewayMac = frame.source();
        nanos = nowNanos;
        return this;
    }

    /** Whether both deliver the same error to the same guest. */
    boolean isSame(Delivery that) {
        return errorClass == that.errorClass
                && guest == that.guest
                && reporter == that.reporter
                && ports == that.ports
                && guestMac == that.guestMac
                && gatewayMac == that.gatewayMac;
    }

    boolean isRecent(long nowNanos) {
        return nowNanos - nanos <= RECENT_NANOS;
    }

    private static int classOf(int type, int code, int protocol) {
        return kind(type, code).ordinal() << 1 | (protocol == Protocol.UDP ? 1 : 0);
    }

    private static Kind kind(int type, int code) {
        if (type != IcmpError.TYPE_DESTINATION_UNREACHABLE) {
            return type == IcmpError.TYPE_TIME_EXCEEDED ? Kind.TIME_EXCEEDED : Kind.PARAMETER_PROBLEM;
        }
        return switch (code) {
            case IcmpError.CODE_FRAGMENTATION_NEEDED -> Kind.FRAGMENTATION_NEEDED;
            case IcmpError.CODE_PORT_UNREACHABLE -> Kind.PORT_UNREACHABLE;
            default -> Kind.DESTINATION_UNREACHABLE;
        };
    }

    static int protocolOf(int errorClass) {
        return (errorClass & 1) == 1 ? Protocol.UDP : Protocol.ICMP;
    }

    /** The kind in words. */
    static String kindOf(int errorClass) {
        return Kind.values()[errorClass >>> 1].name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The class in words. */
    static String nameOf(int errorClass) {
        return kindOf(errorClass) + (protocolOf(errorClass) == Protocol.UDP ? " (udp)" : " (icmp)");
    }
}
