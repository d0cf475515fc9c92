package io.github.natexd.relay;

import io.github.natexd.mapping.Mapper;
import io.github.natexd.ports.Batch;
import io.github.natexd.ports.EgressLog;
import io.github.natexd.ports.GuestLink;
import io.github.natexd.ports.Surroundings;
import io.github.natexd.report.Counters;
import io.github.natexd.report.Ledger;
import io.github.natexd.report.Observed;
import io.github.natexd.report.RepeatedTrouble;
import io.github.natexd.report.Troubles;
import io.github.natexd.translate.Judgement;
import io.github.natexd.wire.EthernetFrame;
import io.github.natexd.wire.IcmpEcho;
import io.github.natexd.wire.IcmpError;
import io.github.natexd.wire.Ipv4Header;
import io.github.natexd.wire.Protocol;
import io.github.natexd.wire.ReadProbe;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Reads the two feeds: frames on the guest network (probes and deliveries of the NAT process), and leaving probes. */
final class Feeds {
    /** How many batches are read in one turn at most: a flood of probes must not delay verdicts. */
    private static final int BATCHES_LIMIT = 16;

    /** The recipients of what the feeds contain. */
    record Readers(Mapper mapper, Yielding yielding, KeptCopies copies, StaticGuest staticGuest, Reports reports) {}

    private final EgressLog log;
    private final Readers readers;
    private final Ledger ledger;
    private final RepeatedTrouble notRead;
    private final RepeatedTrouble notReceived;
    private final EthernetFrame frame = new EthernetFrame();
    private final Ipv4Header header = new Ipv4Header();
    private final Ipv4Header embedded = new Ipv4Header();
    private final IcmpError error = new IcmpError();
    private final IcmpEcho echo = new IcmpEcho();
    private final ReadProbe probe = new ReadProbe();
    // The error that a frame carries.
    private final Judgement delivered = new Judgement();
    private final ReadProbe quoted = delivered.quoted;
    private long egressOverflows;

    Feeds(EgressLog log, Readers readers, Ledger ledger, Troubles troubles) {
        this.log = log;
        this.readers = readers;
        this.ledger = ledger;
        notRead = troubles.add("internal error; a probe or frame was skipped");
        notReceived = troubles.add("cannot listen on the guest network");
    }

    /**
     * Reads both feeds; returns false if the guest network is gone. That its feed breaks does not end natexd: a new link
     * may work.
     */
    boolean read(@Nullable GuestLink link, Surroundings surroundings, long nowNanos) {
        // Leaving probes first: by then, the guest's frame of each of them is in the other feed.
        drain(null, surroundings, nowNanos);
        if (log.overflows() != egressOverflows) {
            egressOverflows = log.overflows();
            readers.mapper.egressLost(nowNanos);
        }
        try {
            return link == null || drain(link, surroundings, nowNanos);
        } catch (RuntimeException e) {
            notReceived.happened(e, nowNanos);
            return false;
        }
    }

    /** Reads the feed of this link, or leaving probes without one, until it is empty; returns false if it is gone. */
    private boolean drain(@Nullable GuestLink link, Surroundings surroundings, long nowNanos) {
        Batch feed = link == null ? log : link;
        int batches = 0;
        do {
            int count = feed.receive();
            if (count < 0) {
                return false;
            }
            for (int i = 0; i < count; i++) {
                try {
                    if (link == null) {
                        leavingProbe(i, nowNanos);
                    } else {
                        guestFrame(link, i, surroundings, nowNanos);
                    }
                } catch (RuntimeException e) {
                    // A packet that natexd fails to read must not end it: anybody could send such packets.
                    ledger.counters.count(Counters.Event.NOT_READ);
                    notRead.happened(e, nowNanos);
                }
            }
        } while (feed.mayHaveMore() && ++batches < BATCHES_LIMIT);
        return true;
    }

    private void leavingProbe(int index, long nowNanos) {
        ByteBuffer buffer = log.buffer(index);
        if (header.over(buffer, log.offset(index), log.length(index)).check(true) == Ipv4Header.Problem.NONE
                && probe.read(buffer, header)) {
            ledger.counters.count(Counters.Event.EGRESS_SIGHTINGS);
            readers.mapper.egressSighted(probe, log.uid(index), nowNanos);
            readers.copies.sighted(probe.classKey());
        }
    }

    private void guestFrame(GuestLink link, int index, Surroundings surroundings, long nowNanos) {
        ByteBuffer buffer = link.buffer(index);
        // A frame can be longer than the octets received: all that matters is at its beginning.
        if (link.outgoing(index)
                || !frame.over(buffer, link.offset(index), link.length(index)).check()
                || !frame.isIpv4()
                || header.over(buffer, frame.payloadOffset(), frame.payloadOctets())
                                .check(true)
                        != Ipv4Header.Problem.NONE) {
            ledger.counters.count(Counters.Event.FRAMES_IGNORED);
        } else if (surroundings.isGuestsFrame(
                        header.source(), header.destination(), frame.source(), frame.destination())
                && probe.read(buffer, header)) {
            ledger.counters.count(Counters.Event.GUEST_SIGHTINGS);
            probe.epochNanos = link.arrivedEpochNanos(index);
            readers.staticGuest.sighted(header.source(), frame.source(), frame.destination());
            readers.mapper.guestSighted(probe, frame.source(), frame.destination(), nowNanos);
            readers.copies.sighted(probe.classKey());
            if (ledger.showsProbes()) {
                readers.reports.sent(probe, frame.source());
            }
        } else {
            boolean isError = readError(buffer);
            if (ledger.showsProbes() && surroundings.onGuestNetwork(header.destination())) {
                showReply(buffer, isError, link.arrivedEpochNanos(index));
            }
            // R40: not an error that the NAT process itself reports.
            if (isError && !surroundings.isImpossibleReporter(header.source())) {
                delivered(nowNanos);
            } else {
                ledger.counters.count(Counters.Event.FRAMES_IGNORED);
            }
        }
    }

    /** The frame carries an error about a probe. */
    private boolean readError(ByteBuffer buffer) {
        if (!isIcmp()) {
            return false;
        }
        error.over(buffer, header.transportOffset(), header.transportOctets());
        return IcmpError.isErrorType(error.type()) && quoted.readQuoted(buffer, error, embedded);
    }

    /** The frame carries an ICMP message, of which the head is there: that of errors is as long as that of echoes. */
    private boolean isIcmp() {
        return header.protocol() == Protocol.ICMP
                && !header.isFragment()
                && header.transportOctets() >= IcmpError.LENGTH;
    }

    /** The NAT process delivers the error to a guest, or a guest pretends that it does. */
    private void delivered(long nowNanos) {
        ledger.counters.count(Counters.Event.NAT_DELIVERIES);
        delivered.type = error.type();
        delivered.code = error.code();
        delivered.reporter = header.source();
        delivered.guest = header.destination();
        delivered.guestPort = quoted.sourcePort;
        delivered.guestMac = frame.destination();
        delivered.gatewayMac = frame.source();
        readers.yielding.seen(delivered, nowNanos);
    }

    private void showReply(ByteBuffer buffer, boolean isError, long epochNanos) {
        Observed reply = ledger.observed.begin(Observed.Event.REPLY, epochNanos);
        reply.guestMac = frame.destination();
        if (isError) {
            reply.report(header.source(), error.type(), error.code())
                    .quote(quoted)
                    .guest(header.destination(), quoted.sourcePort);
            ledger.show();
        } else if (isIcmp() && echo.over(buffer, header.transportOffset()).type() == IcmpEcho.TYPE_REPLY) {
            reply.report(header.source(), echo.type(), echo.code())
                    .quote(Protocol.ICMP, header.destination(), echo.identifier(), header.source(), echo.sequence())
                    .guest(header.destination(), echo.identifier());
            ledger.show();
        }
    }
}
