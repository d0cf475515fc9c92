package io.github.natexd.relay;

import io.github.natexd.mapping.Probe;
import io.github.natexd.mapping.Sighting;
import io.github.natexd.translate.Judgement;
import io.github.natexd.translate.Reason;
import io.github.natexd.wire.MplsLabels;

/**
 * What an {@link Observer} gets to see. There is one, which the relay fills again each time. The ports of an echo
 * request are its identifier and sequence number.
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

    static final long UNKNOWN_NANOS = 0;

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

    /** A guest's probe. */
    void sent(Probe probe, long mac) {
        begin(Event.PROBE, probe.epochNanos());
        quote(probe);
        guest(probe.source(), probe.sourcePort());
        guestMac = mac;
        hop = probe.timeToLive();
    }

    /** An error's outcome. */
    void decided(Judgement judgement, long itsAgeNanos) {
        begin(Event.ERROR, judgement.arrivedEpochNanos());
        reason = judgement.reason();
        ageNanos = itsAgeNanos;
        if (judgement.isErrorRead()) {
            report(judgement.reporter(), judgement.type(), judgement.code());
            nextHopMtu = judgement.nextHopMtu();
            labels = judgement.labels();
        }
        if (judgement.isQuoteRead()) {
            quote(judgement.quoted());
        }
        Sighting sender = judgement.sender();
        if (sender != null) {
            guest(sender.source(), sender.sourcePort());
            hop = sender.timeToLive();
        } else if (reason == Reason.STATIC_GUEST) {
            guest(judgement.guest(), judgement.guestPort());
        }
    }

    Observed begin(Event what, long atEpochNanos) {
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

    Observed report(int itsReporter, int itsType, int itsCode) {
        reported = true;
        reporter = itsReporter;
        type = itsType;
        code = itsCode;
        return this;
    }

    Observed quote(Probe probe) {
        quoted = true;
        protocol = probe.protocol();
        source = probe.source();
        sourcePort = probe.sourcePort();
        target = probe.destination();
        targetPort = probe.destinationPort();
        return this;
    }

    Observed guest(int address, int port) {
        guestKnown = true;
        guest = address;
        guestPort = port;
        return this;
    }
}
