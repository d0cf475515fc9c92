package io.github.natexd.relay;

import io.github.natexd.mapping.Mapper;
import io.github.natexd.mapping.ReadProbe;
import io.github.natexd.report.Counters;
import io.github.natexd.report.Observed;
import io.github.natexd.report.RepeatedTrouble;
import io.github.natexd.translate.Judgement;
import io.github.natexd.translate.Surroundings;
import io.github.natexd.wire.EthernetFrame;
import io.github.natexd.wire.IcmpEcho;
import io.github.natexd.wire.IcmpError;
import io.github.natexd.wire.Ipv4Header;
import io.github.natexd.wire.Protocol;
import java.nio.ByteBuffer;

/** Reads the two feeds: frames on the guest network (probes and deliveries of the NAT process), and leaving probes. */
final class Feeds {
    /** How many batches are read in one turn at most: a flood of probes must not delay verdicts. */
    private static final int BATCHES_LIMIT = 16;

    /** The recipients of what the feeds contain. */
    record Readers(Mapper mapper, Yielding yielding, KeptCopies copies, StaticGuest staticGuest, Ledger ledger) {}

    private final Readers readers;
    private final Counters counters;
    private final RepeatedTrouble notRead;
    private final EthernetFrame frame = new EthernetFrame();
    private final Ipv4Header header = new Ipv4Header();
    private final Ipv4Header embedded = new Ipv4Header();
    private final IcmpError error = new IcmpError();
    private final IcmpEcho echo = new IcmpEcho();
    private final ReadProbe probe = new ReadProbe();
    /** The error that a frame carries. */
    private final Judgement delivered = new Judgement();

    private final ReadProbe quoted = delivered.quoted;
    private long egressOverflows;

    Feeds(Readers readers, Counters counters, RepeatedTrouble notRead) {
        this.readers = readers;
        this.counters = counters;
        this.notRead = notRead;
    }

    /** Reads the guest network's feed until it is empty; returns whether the interface is still there. */
    boolean drain(GuestLink link, Surroundings surroundings, long nowNanos) {
        for (int batch = 0; batch < BATCHES_LIMIT; batch++) {
            int count = link.receive();
            if (count < 0) {
                return false;
            }
            for (int i = 0; i < count; i++) {
                try {
                    guestFrame(link, i, surroundings, nowNanos);
                } catch (RuntimeException e) {
                    notRead(e, nowNanos);
                }
            }
            if (!link.mayHaveMore()) {
                break;
            }
        }
        return true;
    }

    void drain(EgressLog log, long nowNanos) {
        for (int batch = 0; batch < BATCHES_LIMIT; batch++) {
            int count = log.receive();
            for (int i = 0; i < count; i++) {
                try {
                    leavingProbe(log, i, nowNanos);
                } catch (RuntimeException e) {
                    notRead(e, nowNanos);
                }
            }
            if (!log.mayHaveMore()) {
                break;
            }
        }
        if (log.overflows() != egressOverflows) {
            egressOverflows = log.overflows();
            readers.mapper.egressLost(nowNanos);
        }
    }

    private void leavingProbe(EgressLog log, int index, long nowNanos) {
        ByteBuffer buffer = log.buffer(index);
        if (header.over(buffer, log.offset(index), log.length(index)).check(true) == Ipv4Header.Problem.NONE
                && probe.read(buffer, header)) {
            counters.count(Counters.Event.EGRESS_SIGHTINGS);
            readers.mapper.egressSighted(probe, log.uid(index), nowNanos);
            readers.copies.sighted(probe.classKey());
        }
    }

    /** A packet that natexd fails to read must not end it: anybody could send such packets. */
    private void notRead(RuntimeException e, long nowNanos) {
        counters.count(Counters.Event.NOT_READ);
        notRead.happened(e, nowNanos);
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
            counters.count(Counters.Event.FRAMES_IGNORED);
        } else if (surroundings.isGuestsFrame(
                        header.source(), header.destination(), frame.source(), frame.destination())
                && probe.read(buffer, header)) {
            counters.count(Counters.Event.GUEST_SIGHTINGS);
            probe.epochNanos = link.arrivedEpochNanos(index);
            readers.staticGuest.sighted(header.source(), frame.source(), frame.destination());
            readers.mapper.guestSighted(probe, frame.source(), frame.destination(), nowNanos);
            readers.copies.sighted(probe.classKey());
            if (readers.ledger.showsProbes()) {
                readers.ledger.sent(probe, frame.source());
            }
        } else {
            boolean isError = readError(buffer);
            if (readers.ledger.showsProbes()) {
                showReply(buffer, isError, surroundings, link.arrivedEpochNanos(index));
            }
            // R40: not an error that the NAT process itself reports.
            if (isError && !surroundings.isImpossibleReporter(header.source())) {
                delivered(nowNanos);
            } else {
                counters.count(Counters.Event.FRAMES_IGNORED);
            }
        }
    }

    /** The frame carries an error about a probe. */
    private boolean readError(ByteBuffer buffer) {
        if (!isIcmp()) {
            return false;
        }
        error.over(buffer, header.transportOffset(), header.transportOctets());
        return IcmpError.isErrorType(error.type())
                && embedded.over(buffer, error.embeddedOffset(), error.embeddedOctets())
                                .check(true)
                        == Ipv4Header.Problem.NONE
                && quoted.read(buffer, embedded);
    }

    /** The frame carries an ICMP message, of which the head is there: that of errors is as long as that of echoes. */
    private boolean isIcmp() {
        return header.protocol() == Protocol.ICMP
                && !header.isFragment()
                && header.transportOctets() >= IcmpError.LENGTH;
    }

    /** The NAT process delivers the error to a guest, or a guest pretends that it does. */
    private void delivered(long nowNanos) {
        counters.count(Counters.Event.NAT_DELIVERIES);
        delivered.type = error.type();
        delivered.code = error.code();
        delivered.reporter = header.source();
        delivered.guest = header.destination();
        delivered.guestPort = quoted.sourcePort;
        delivered.guestMac = frame.destination();
        delivered.gatewayMac = frame.source();
        readers.yielding.seen(delivered, nowNanos);
    }

    private void showReply(ByteBuffer buffer, boolean isError, Surroundings surroundings, long epochNanos) {
        if (!surroundings.onGuestNetwork(header.destination())) {
            return;
        }
        Observed reply = readers.ledger.observed().begin(Observed.Event.REPLY, epochNanos);
        reply.guestMac = frame.destination();
        if (isError) {
            reply.report(header.source(), error.type(), error.code())
                    .quote(
                            quoted.protocol,
                            quoted.source,
                            quoted.sourcePort,
                            quoted.destination,
                            quoted.destinationPort)
                    .guest(header.destination(), quoted.sourcePort);
            readers.ledger.show();
        } else if (isIcmp()) {
            echo.over(buffer, header.transportOffset());
            if (echo.type() == IcmpEcho.TYPE_REPLY) {
                reply.report(header.source(), echo.type(), echo.code()).guest(header.destination(), echo.identifier());
                reply.quoted = true;
                reply.protocol = Protocol.ICMP;
                reply.target = header.source();
                reply.targetPort = echo.sequence();
                readers.ledger.show();
            }
        }
    }
}
