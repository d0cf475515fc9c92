package io.github.natexd.relay;

import io.github.natexd.report.Reason;
import io.github.natexd.translate.Judgement;
import io.github.natexd.wire.IcmpError;
import io.github.natexd.wire.Protocol;

/** One error on its way to a guest: what can be compared between natexd and the NAT process. Reused. */
final class Delivery {
    /** The kinds of errors that NAT processes treat differently. */
    enum Kind {
        TIME_EXCEEDED("time-exceeded"),
        FRAGMENTATION_NEEDED("fragmentation-needed"),
        PORT_UNREACHABLE("port-unreachable"),
        DESTINATION_UNREACHABLE("destination-unreachable"),
        OTHER("parameter-problem");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        String text() {
            return text;
        }
    }

    /** How many classes there are: a class is a kind and a protocol. */
    static final int CLASSES = 2 * Kind.values().length;

    int errorClass;
    int guest;
    int reporter;
    int ports;
    long guestMac;
    long gatewayMac;
    long nanos;
    /** The host does not get the error; unknown for a frame that was seen. */
    boolean moved;

    /** Becomes the delivery of this error. */
    Delivery of(Judgement error, long nowNanos) {
        moved = error.reason == Reason.RELAYED;
        return set(classOf(error.type, error.code, error.quoted.protocol), error.guest, error.reporter)
                .with(error.guestPort, error.quoted.destinationPort, nowNanos)
                .between(error.gatewayMac, error.guestMac);
    }

    Delivery set(int itsClass, int itsGuest, int itsReporter) {
        errorClass = itsClass;
        guest = itsGuest;
        reporter = itsReporter;
        return this;
    }

    Delivery with(int guestPort, int destinationPort, long nowNanos) {
        ports = guestPort << 16 | destinationPort;
        nanos = nowNanos;
        return this;
    }

    Delivery between(long itsGatewayMac, long itsGuestMac) {
        gatewayMac = itsGatewayMac;
        guestMac = itsGuestMac;
        return this;
    }

    void copyOf(Delivery that) {
        set(that.errorClass, that.guest, that.reporter).between(that.gatewayMac, that.guestMac);
        ports = that.ports;
        nanos = that.nanos;
        moved = that.moved;
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

    static int classOf(int type, int code, int protocol) {
        return kind(type, code).ordinal() << 1 | (protocol == Protocol.UDP ? 1 : 0);
    }

    /** The class in words. */
    String kindName() {
        return kindOf(errorClass).text() + (protocolOf(errorClass) == Protocol.UDP ? " (udp)" : " (icmp)");
    }

    static Kind kindOf(int errorClass) {
        return Kind.values()[errorClass >>> 1];
    }

    static int protocolOf(int errorClass) {
        return (errorClass & 1) == 1 ? Protocol.UDP : Protocol.ICMP;
    }

    private static Kind kind(int type, int code) {
        if (type == IcmpError.TYPE_TIME_EXCEEDED) {
            return Kind.TIME_EXCEEDED;
        }
        if (type != IcmpError.TYPE_DESTINATION_UNREACHABLE) {
            return Kind.OTHER;
        }
        return switch (code) {
            case IcmpError.CODE_FRAGMENTATION_NEEDED -> Kind.FRAGMENTATION_NEEDED;
            case IcmpError.CODE_PORT_UNREACHABLE -> Kind.PORT_UNREACHABLE;
            default -> Kind.DESTINATION_UNREACHABLE;
        };
    }
}
