package io.github.natexd.report;

import io.github.natexd.wire.MplsLabels;
import io.github.natexd.wire.Probe;

/**
 * What an {@link Observer} gets to see. There is one, which is filled again each time. The ports of an echo request are
 * its identifier and sequence number.
 */
public final class Observed {
    /** What happened. */
    public enum Event {
        /** A guest's probe came to the guest network. */
        PROBE,
        /** natexd has decided about an error. */
        ERROR,
        /**
         * A packet on the guest network answers a guest's probe, and natexd did not send it: an error that the NAT
         * process delivers or reports itself, or an echo reply.
         */
        REPLY
    }

    public static final long UNKNOWN_NANOS = 0;

    private static final MplsLabels NO_LABELS = new MplsLabels();

    public Event event = Event.PROBE;
    /** When the kernel received the packet: nanoseconds since 1970, 0 if unknown. */
    public long epochNanos;

    /** The decision about an error. */
    public Reason reason = Reason.NO_MAPPING;
    /** How long ago the error arrived: natexd may have kept a copy for some time. */
    public long ageNanos;

    /** Whether these are valid: the sender, type and code of an error or a reply, and of an error what follows. */
    public boolean reported;

    public int reporter;
    public int type;
    public int code;
    /** Of "fragmentation needed" (RFC 1191); otherwise meaningless. */
    public int nextHopMtu;
    /** MPLS label stack entries (RFC 4950), outermost first. */
    public MplsLabels labels = NO_LABELS;

    /** Whether these are valid: the probe as it was seen, or as an error or a reply identifies it. */
    public boolean quoted;

    public int protocol;
    public int source;
    public int sourcePort;
    public int target;
    public int targetPort;

    /** Whether these are valid: the guest that sent the probe, and its own source port or identifier. */
    public boolean guestKnown;

    public int guest;
    public int guestPort;
    /** Not of an error. */
    public long guestMac;
    /** The TTL that the guest gave the probe; 0 if unknown. */
    public int hop;
    /**
     * The time from the probe to the error; 0 or less if unknown, or if both came in the same turn of the loop, which
     * has only one time.
     */
    public long roundTripNanos;

    /** Begins with a packet that the kernel received at that time. */
    public Observed begin(Event what, long atEpochNanos) {
        event = what;
        epochNanos = atEpochNanos;
        reported = false;
        labels = NO_LABELS;
        quoted = false;
        guestKnown = false;
        hop = 0;
        roundTripNanos = UNKNOWN_NANOS;
        return this;
    }

    public Observed report(int itsReporter, int itsType, int itsCode) {
        reported = true;
        reporter = itsReporter;
        type = itsType;
        code = itsCode;
        return this;
    }

    public Observed quote(Probe probe) {
        return quote(probe.protocol, probe.source, probe.sourcePort, probe.destination, probe.destinationPort);
    }

    public Observed quote(int itsProtocol, int itsSource, int itsSourcePort, int itsTarget, int itsTargetPort) {
        quoted = true;
        protocol = itsProtocol;
        source = itsSource;
        sourcePort = itsSourcePort;
        target = itsTarget;
        targetPort = itsTargetPort;
        return this;
    }

    public Observed guest(int address, int port) {
        guestKnown = true;
        guest = address;
        guestPort = port;
        return this;
    }
}
