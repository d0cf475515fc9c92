package io.github.natexd.relay;

import io.github.natexd.mapping.Mapper;
import io.github.natexd.mapping.Probe;
import io.github.natexd.translate.Surroundings;
import io.github.natexd.wire.EthernetFrame;
import io.github.natexd.wire.IcmpError;
import io.github.natexd.wire.Ipv4Header;
import io.github.natexd.wire.Protocol;
import java.nio.ByteBuffer;

/** Reads the two feeds: what guests send, what leaves the host, and what the NAT process hands to guests itself. */
final class Sightings {
    /** Batches read in one turn at the most: a flood of probes must not delay verdicts. */
    private static final int BATCHES_LIMIT = 16;

    private final Mapper mapper;
    private final Yielding yielding;
    private final Counters counters;
    private final RepeatedTrouble internalErrors;
    private final EthernetFrame frame = new EthernetFrame();
    private final Ipv4Header header = new Ipv4Header();
    private final Ipv4Header embedded = new Ipv4Header();
    private final IcmpError error = new IcmpError();
    private final Probe probe = new Probe();
    private final Probe quoted = new Probe();
    private long egressOverflows;
    private long gatewayMac = -1;
    private long provenGatewayMac = -1;
    private int staticGuest;
    private long staticGuestMac = -1;
    private long staticGatewayMac = -1;

    Sightings(Mapper mapper, Yielding yielding, Counters counters, RepeatedTrouble internalErrors, int staticGuest) {
        this.mapper = mapper;
        this.yielding = yielding;
        this.counters = counters;
        this.internalErrors = internalErrors;
        this.staticGuest = staticGuest;
    }

    void staticGuest(int changed) {
        if (changed != staticGuest) {
            staticGuest = changed;
            staticGuestMac = -1;
            staticGatewayMac = -1;
        }
    }

    /** Drains the guest network's feed; answers whether the interface is still there. */
    boolean drain(GuestLink link, Surroundings surroundings, long nowNanos) {
        for (int batch = 0; batch < BATCHES_LIMIT; batch++) {
            int count = link.receive();
            if (count < 0) {
                return false;
            }
            if (count == 0) {
                return true;
            }
            for (int i = 0; i < count; i++) {
                try {
                    guestFrame(
                            link.buffer(i), link.offset(i), link.length(i), link.outgoing(i), surroundings, nowNanos);
                } catch (RuntimeException e) {
                    notRead(e, nowNanos);
                }
            }
        }
        return true;
    }

    void drain(EgressLog log, long nowNanos) {
        for (int batch = 0; batch < BATCHES_LIMIT; batch++) {
            int count = log.receive();
            if (count <= 0) {
                break;
            }
            for (int i = 0; i < count; i++) {
                try {
                    leavingProbe(log.buffer(i), log.offset(i), log.length(i), log.uid(i), nowNanos);
                } catch (RuntimeException e) {
                    notRead(e, nowNanos);
                }
            }
        }
        if (log.overflows() != egressOverflows) {
            egressOverflows = log.overflows();
            mapper.egressLost(nowNanos);
        }
    }

    private void leavingProbe(ByteBuffer buffer, int offset, int length, int uid, long nowNanos) {
        if (header.over(buffer, offset, length).check(true) == Ipv4Header.Problem.NONE && probe.read(buffer, header)) {
            counters.count(Counters.Event.EGRESS_SIGHTINGS);
            mapper.egressSighted(probe, uid, nowNanos);
        }
    }

    /** A packet that trips natexd must not end it: whoever can send one could do so again and again. */
    private void notRead(RuntimeException e, long nowNanos) {
        counters.count(Counters.Event.NOT_READ);
        internalErrors.happened(e, nowNanos);
    }

    /** A probe that was sent to this MAC address left the host: it is the NAT process's, and no guest's (R22). */
    void gatewayProven(long mac) {
        provenGatewayMac = mac;
    }

    /** The MAC address of the static guest, or -1 while it has not been sighted. */
    long staticGuestMac() {
        return staticGuestMac;
    }

    long staticGatewayMac() {
        return staticGatewayMac;
    }

    private void guestFrame(
            ByteBuffer buffer, int offset, int length, boolean outgoing, Surroundings surroundings, long nowNanos) {
        if (outgoing
                || !frame.over(buffer, offset, length).check()
                || !frame.isIpv4()
                || header.over(buffer, frame.payloadOffset(), frame.payloadOctets())
                                .check(false)
                        != Ipv4Header.Problem.NONE) {
            counters.count(Counters.Event.FRAMES_IGNORED);
            return;
        }
        if (frame.source() != provenGatewayMac
                && surroundings.isGuestsFrame(
                        header.source(), header.destination(), frame.source(), frame.destination())
                && probe.read(buffer, header)) {
            guestProbe(nowNanos);
        } else if (frame.source() == gatewayMac && isNatsDelivery(buffer, surroundings)) {
            counters.count(Counters.Event.NAT_DELIVERIES);
            yielding.delivered(
                    error.type(),
                    embedded.protocol(),
                    header.destination(),
                    header.source(),
                    Yielding.ports(quoted.sourcePort(), quoted.destinationPort()),
                    nowNanos);
        } else {
            counters.count(Counters.Event.FRAMES_IGNORED);
        }
    }

    private void guestProbe(long nowNanos) {
        counters.count(Counters.Event.GUEST_SIGHTINGS);
        gatewayMac = frame.destination();
        if (header.source() == staticGuest) {
            staticGuestMac = frame.source();
            staticGatewayMac = frame.destination();
        }
        mapper.guestSighted(probe, frame.source(), frame.destination(), nowNanos);
    }

    /** An error about a guest's probe from a router outside, sent to the guest by its gateway; R40: not the NAT's own. */
    private boolean isNatsDelivery(ByteBuffer buffer, Surroundings surroundings) {
        if (header.protocol() != Protocol.ICMP
                || header.isFragment()
                || header.transportOctets() < IcmpError.LENGTH
                || surroundings.isImpossibleReporter(header.source())) {
            return false;
        }
        error.over(buffer, header.transportOffset(), header.transportOctets());
        return IcmpError.isErrorType(error.type())
                && embedded.over(buffer, error.embeddedOffset(), error.embeddedOctets())
                                .check(true)
                        == Ipv4Header.Problem.NONE
                && quoted.read(buffer, embedded);
    }
}
