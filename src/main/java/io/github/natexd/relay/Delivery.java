package io.github.natexd.relay;

import io.github.natexd.report.NatDelivery;
import io.github.natexd.report.Reason;
import io.github.natexd.translate.Judgement;

/** One error on its way to a guest: what can be compared between natexd and the NAT process. Reused. */
final class Delivery {
    /** A frame and the error that it matches come within this time. */
    private static final long RECENT_NANOS = 1_000_000_000;

    int guest;
    int reporter;
    int ports;
    long guestMac;
    long gatewayMac;
    long nanos;
    /** A number less than {@link NatDelivery#CLASSES}. */
    int errorClass;
    /** So much more if the error is moved, which means that the host does not get it. */
    int movedClass;

    /** Becomes the delivery of this error. */
    Delivery of(Judgement error, long nowNanos) {
        errorClass = NatDelivery.classOf(error.type, error.code, error.quoted.protocol);
        movedClass = errorClass + (error.reason == Reason.RELAYED ? NatDelivery.CLASSES : 0);
        guest = error.guest;
        reporter = error.reporter;
        ports = error.guestPort << 16 | error.quoted.destinationPort;
        guestMac = error.guestMac;
        gatewayMac = error.gatewayMac;
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
}
