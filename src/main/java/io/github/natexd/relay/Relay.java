package io.github.natexd.relay;

import io.github.natexd.mapping.Mapper;
import io.github.natexd.ports.EgressLog;
import io.github.natexd.ports.GuestLink;
import io.github.natexd.ports.PacketQueue;
import io.github.natexd.report.Counters;
import io.github.natexd.report.Ledger;
import io.github.natexd.report.Observer;
import io.github.natexd.report.Reason;
import io.github.natexd.report.RepeatedTrouble;
import io.github.natexd.report.Snapshot;
import io.github.natexd.report.Troubles;
import io.github.natexd.translate.Judgement;
import io.github.natexd.translate.Translator;
import java.util.Arrays;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of a packet. One turn receives a batch of queued errors, reads all sightings, judges the errors, sends the
 * rewritten ones as frames, and gives each error its verdict. The verdict is DROP only if the error is certainly a
 * guest's and the guest network took it; all other errors are accepted. No error waits: if nothing is certain yet,
 * natexd keeps a copy.
 *
 * <p>The batch is received before the sightings are read: a probe leaves before its error is queued, so its sighting
 * can be read by then. One thread calls {@link #turn}; there are no locks.
 */
public final class Relay {
    private static final Logger LOG = LoggerFactory.getLogger(Relay.class);

    /** How errors reach the guest. */
    public enum Reinject {
        /** As a frame on the guest network; the original is dropped. */
        FRAME,
        /** With the verdict: the kernel forwards it. Copies go as frames here, too. */
        VERDICT
    }

    /** What the relay works with: queue, log, whether one of the two feeds has input, and monotonic nanoseconds. */
    public record Ports(PacketQueue queue, EgressLog egressLog, BooleanSupplier sighted, LongSupplier clock) {}

    private final Ports ports;
    private final Mapper mapper;
    private final Translator translator;
    private final Troubles troubles = new Troubles(LOG);
    private final RepeatedTrouble notJudged = troubles.add("internal error; packet passed unchanged");
    private final RepeatedTrouble notSent = troubles.add("cannot send frames to guests; the host keeps these errors");
    private final Ledger ledger;
    private final Reports reports;
    private final Yielding yielding = new Yielding();
    private final StaticGuest staticGuest = new StaticGuest();
    private final KeptCopies copies = new KeptCopies();
    private final RateLimit rates;
    private final Feeds feeds;
    /** The errors of the batch that the queue has handed over. */
    private final Judgement[] queued;

    // The guest network, null while it is not there; and whether it was found to be gone in this turn.
    private @Nullable GuestLink link;
    private boolean linkLost;
    private Reinject reinject = Reinject.FRAME;
    private boolean hadErrors;

    public Relay(Ports ports, Mapper mapper, Translator translator) {
        this.ports = ports;
        this.mapper = mapper;
        this.translator = translator;
        ledger = new Ledger(ports.clock().getAsLong());
        reports = new Reports(ledger, yielding, troubles);
        rates = new RateLimit(ports.clock().getAsLong());
        feeds = new Feeds(
                ports.egressLog(), new Feeds.Readers(mapper, yielding, copies, staticGuest, reports), ledger, troubles);
        queued = new Judgement[ports.queue().capacity()];
        Arrays.setAll(queued, i -> new Judgement());
    }

    /** The guest network appeared, perhaps with another NAT process; or it is gone, null: then errors are accepted. */
    public void link(@Nullable GuestLink present) {
        link = present;
        if (present != null) {
            tune();
            yielding.reset();
            mapper.forgetProfile();
        }
    }

    /** Sets the guest that gets a copy of errors without a mapping; 0 for none. */
    public void staticGuest(int address) {
        staticGuest.address(address);
    }

    /** Sets how many errors a guest gets in a second; until then, there is no limit. */
    public void maxErrorsPerSecond(int errors) {
        rates.perSecond(errors);
    }

    /**
     * Sets how errors reach the guest. Before VERDICT, the rules for VERDICT must be loaded, and nothing from other
     * rules may be queued; FRAME works with both.
     */
    public void reinject(Reinject changed) {
        reinject = changed;
        mapper.trustsUnseen(changed == Reinject.FRAME);
    }

    /** What was counted so far; only for the thread that calls {@link #turn}. */
    public Ledger ledger() {
        return ledger;
    }

    /** Reports every error to this observer, null for none; only for the thread that calls {@link #turn}. */
    public void observe(@Nullable Observer observer) {
        ledger.observe(observer);
        tune();
    }

    /** The present state; only for the thread that calls {@link #turn}. */
    public Snapshot snapshot() {
        long nowNanos = ports.clock().getAsLong();
        boolean swept = mapper.expire(nowNanos);
        return new Snapshot(
                ledger.counters.copy(),
                mapper.profile(),
                yielding.deliveries(nowNanos),
                mapper.mappings(),
                swept,
                mapper.evictions(),
                ports.queue().overflows(),
                ports.egressLog().overflows(),
                ledger.counters.delivered() > 0,
                nowNanos - ledger.lastDeliveredNanos(),
                ledger.relayTimes.copy(),
                ledger.roundTrips.copy());
    }

    /** Only an observer needs the kernel's times and echo replies. */
    private void tune() {
        if (link != null) {
            link.time(ledger.isObserved());
            link.echoReplies(ledger.showsProbes());
        }
    }

    /** One turn; returns false if the guest network is gone. */
    public boolean turn() {
        int count = ports.queue().receive();
        hadErrors = count > 0;
        try {
            return turn(count, ports.clock().getAsLong());
        } finally {
            // Even after an error: packets without a verdict are accepted (R41).
            if (hadErrors) {
                ports.queue().sendVerdicts();
            }
        }
    }

    /** The last turn had errors to judge, so the next one probably has some, too. */
    public boolean hadErrors() {
        return hadErrors;
    }

    private boolean turn(int count, long nowNanos) {
        ledger.turn(nowNanos);
        linkLost = ports.sighted().getAsBoolean() && !feeds.read(link, translator.surroundings(), nowNanos);
        link = linkLost ? null : link;
        int due = copies.findDue(nowNanos);
        if (due > 0) {
            judge(copies.due, due, nowNanos);
            copies.removeSettled();
        }
        if (count > 0) {
            begin(count, nowNanos);
            judge(queued, count, nowNanos);
        }
        link = linkLost ? null : link;
        return !linkLost;
    }

    private void begin(int count, long nowNanos) {
        PacketQueue queue = ports.queue();
        for (int i = 0; i < count; i++) {
            queued[i].begin(queue.buffer(i), queue.offset(i), queue.length(i), nowNanos);
            queued[i].arrivedEpochNanos = queue.arrivedEpochNanos(i);
            queued[i].truncated = queue.truncated(i);
        }
    }

    /** Judges the first {@code count} errors: {@link #queued}, or copies that are due. Copies need no verdict. */
    private void judge(Judgement[] errors, int count, long nowNanos) {
        boolean areCopies = errors == copies.due;
        for (int i = 0; i < count; i++) {
            read(errors[i], nowNanos);
        }
        mapper.fetch();
        for (int i = 0; i < count; i++) {
            judge(errors[i], areCopies, nowNanos);
        }
        boolean handedOver = sendFrames(nowNanos);
        for (int i = 0; i < count; i++) {
            Judgement error = errors[i];
            if (error.frame != Judgement.NO_FRAME && (link == null || !handedOver || !link.sent(error.frame))) {
                error.reason = Reason.SEND_FAILED;
            }
            if (!areCopies) {
                settle(i, error.reason);
            }
            if (!error.open) {
                reports.decided(error, nowNanos);
            }
        }
    }

    /** Notes the verdict about queued error {@code index}. */
    private void settle(int index, Reason reason) {
        if (reason != Reason.RELAYED) {
            ports.queue().accept(index);
        } else if (reinject == Reinject.VERDICT) {
            ports.queue().acceptRewritten(index);
        } else {
            ports.queue().drop(index);
        }
    }

    /** Hands over the queued frames; then the link knows which were taken. Never throws; returns whether it worked. */
    private boolean sendFrames(long nowNanos) {
        try {
            linkLost |= link != null && !link.sendFrames();
            return true;
        } catch (RuntimeException e) {
            notSent.happened(e, nowNanos);
            return false;
        }
    }

    /** Never throws (R41). */
    private void read(Judgement error, long nowNanos) {
        try {
            translator.read(error);
        } catch (RuntimeException e) {
            failed(error, e, nowNanos);
        }
    }

    /** Judges one error and, if a guest gets it, rewrites it and queues the frame. Never throws (R41). */
    private void judge(Judgement error, boolean isCopy, long nowNanos) {
        try {
            translator.find(error, nowNanos);
            if (error.open) {
                if (isCopy || keep(error)) {
                    return;
                }
                error.last = true;
                translator.find(error, nowNanos);
            }
            deliver(error, isCopy, nowNanos);
        } catch (RuntimeException e) {
            failed(error, e, nowNanos);
        }
    }

    private void failed(Judgement error, RuntimeException e, long nowNanos) {
        notJudged.happened(e, nowNanos);
        error.begin(error.buffer, error.offset, error.length, error.arrivedNanos);
        error.reason = Reason.INTERNAL_ERROR;
    }

    /** Keeps a copy of an open error, which the host gets; returns whether there was room for it. */
    private boolean keep(Judgement error) {
        boolean kept = copies.add(error);
        ledger.counters.count(kept ? Counters.Event.COPIES_KEPT : Counters.Event.COPIES_FULL);
        return kept;
    }

    private void deliver(Judgement error, boolean isCopy, long nowNanos) {
        if (ledger.isObserved() && error.errorRead) {
            translator.readDetails(error);
        }
        staticGuest.takeUnmapped(error);
        if (!error.reason.isDelivered()) {
            return;
        }
        if (isCopy && error.reason == Reason.RELAYED) {
            error.reason = Reason.COPIED_LATE;
        }
        boolean asFrame = reinject == Reinject.FRAME || error.reason != Reason.RELAYED;
        Reason obstacle = obstacle(error, asFrame, nowNanos);
        if (obstacle != null) {
            error.reason = obstacle;
            return;
        }
        translator.rewrite(error);
        if (asFrame && link != null) {
            error.frame =
                    link.queueFrame(error.guestMac, error.gatewayMac, error.buffer, error.offset, error.totalLength);
            if (error.frame == Judgement.NO_FRAME) {
                error.reason = Reason.SEND_FAILED;
            }
        }
    }

    /** Why the guest does not get the error; null if it does. The rate is last: nothing else may use it up. */
    private @Nullable Reason obstacle(Judgement error, boolean asFrame, long nowNanos) {
        if (link == null) {
            return Reason.NO_GUEST_NETWORK;
        }
        if (asFrame && error.totalLength > link.mtu()) {
            return Reason.TOO_LONG;
        }
        if (error.sender != null && yielding.leavesToNat(error, nowNanos)) {
            return Reason.NAT_DELIVERS;
        }
        return rates.takes(error.guest, nowNanos) ? null : Reason.RATE_LIMITED;
    }

    /** How long the next turn can wait for input; -1 for no limit. */
    public long idleMillis() {
        long next = copies.nextNanos();
        return next == Long.MAX_VALUE ? -1 : Math.max(1, (next - ports.clock().getAsLong()) / 1_000_000 + 1);
    }

    /** Logs repeated trouble that was only counted; call it before the end. */
    public void logRepeated() {
        troubles.logCounts();
    }
}
