package io.github.natexd.relay;

import io.github.natexd.mapping.Mapper;
import io.github.natexd.report.Counters;
import io.github.natexd.report.Observer;
import io.github.natexd.report.Reason;
import io.github.natexd.report.RepeatedTrouble;
import io.github.natexd.report.Snapshot;
import io.github.natexd.translate.Judgement;
import io.github.natexd.translate.Translator;
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
    private final Counters counters = new Counters();
    private final RelayTimes times;
    private final Ledger ledger;
    private final RepeatedTrouble internalErrors = new RepeatedTrouble(LOG, "internal error; packet passed unchanged");
    private final RepeatedTrouble notRead = new RepeatedTrouble(LOG, "internal error; a probe or frame was skipped");
    private final RepeatedTrouble notSent =
            new RepeatedTrouble(LOG, "cannot send frames to guests; the host keeps these errors");
    private final RepeatedTrouble notObserved =
            new RepeatedTrouble(LOG, "internal error; natexctl watch misses an error");
    private final RepeatedTrouble linkTrouble = new RepeatedTrouble(LOG, "cannot listen on the guest network");
    private final Yielding yielding = new Yielding();
    private final StaticGuest staticGuest = new StaticGuest();
    private final KeptCopies copies = new KeptCopies();
    private final RateLimit rates;
    private final QueuedErrors queued;
    private final Feeds feeds;
    private final GuestFrames frames;
    private final Judgement[] judgements;
    private boolean hadErrors;

    public Relay(Ports ports, Mapper mapper, Translator translator) {
        this.ports = ports;
        this.mapper = mapper;
        this.translator = translator;
        times = new RelayTimes(now());
        rates = new RateLimit(now());
        ledger = new Ledger(counters, times);
        queued = new QueuedErrors(ports.queue(), copies, counters);
        feeds = new Feeds(new Feeds.Readers(mapper, yielding, copies, staticGuest, ledger), counters, notRead);
        int most = Math.max(ports.queue().capacity(), KeptCopies.LIMIT);
        frames = new GuestFrames(most, notSent);
        judgements = new Judgement[most];
        for (int i = 0; i < most; i++) {
            judgements[i] = new Judgement();
        }
    }

    /** The guest network appeared: its NAT process may be a different one. */
    public void link(GuestLink present) {
        frames.link(present);
        tune(present);
        yielding.reset();
        mapper.forgetProfile();
    }

    /** The guest network disappeared: errors are accepted until it is back. */
    public void unlink() {
        frames.link(null);
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
        queued.reinject(changed);
        mapper.trustsUnseen(changed == Reinject.FRAME);
    }

    /** The rules changed: probes that left meanwhile were perhaps not sighted. */
    public void rulesChanged() {
        mapper.egressUnseen(now());
    }

    public Counters counters() {
        return counters;
    }

    /** Reports every error to this observer, null for none; only for the thread that calls {@link #turn}. */
    public void observe(@Nullable Observer observer) {
        ledger.observe(observer);
        tune(frames.link());
    }

    /** The present state; only for the thread that calls {@link #turn}. */
    public Snapshot snapshot() {
        long nowNanos = now();
        boolean swept = mapper.expire(nowNanos);
        return new Snapshot(
                counters.copy(),
                mapper.profile(),
                yielding.deliveries(),
                mapper.mappings(),
                swept,
                mapper.evictions(),
                ports.queue().overflows(),
                ports.egressLog().overflows(),
                ledger.anyRelayed(),
                nowNanos - ledger.lastRelayedNanos(),
                times.durations().copy(),
                ledger.roundTrips().copy());
    }

    /** Only an observer needs the kernel's times and echo replies. */
    private void tune(@Nullable GuestLink link) {
        if (link != null) {
            link.time(ledger.isObserved());
            link.echoReplies(ledger.showsProbes());
        }
    }

    private long now() {
        return ports.clock().getAsLong();
    }

    /** One turn; returns false if the guest network is gone. */
    public boolean turn() {
        int count = ports.queue().receive();
        hadErrors = count > 0;
        try {
            return turn(count, now());
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

    /** The loop has waited for input. Only {@link RelayTimes} uses this, and {@link #turned}. */
    public void waited(long beginNanos, long endNanos) {
        times.waited(beginNanos, endNanos);
    }

    /** The last turn has ended. */
    public void turned(long nowNanos) {
        times.turned(nowNanos);
    }

    private boolean turn(int count, long nowNanos) {
        times.turn(nowNanos);
        boolean linkAlive = !ports.sighted().getAsBoolean() || readFeeds(nowNanos);
        if (!linkAlive) {
            unlink();
        }
        yielding.tick(nowNanos);
        if (!copies.isEmpty()) {
            judge(copies.due(nowNanos), nowNanos);
            copies.endJudging();
        }
        if (count > 0) {
            if (mapper.isLarge()) {
                fetch(count);
            }
            judge(queued.received(count, nowNanos), nowNanos);
        }
        if (frames.lost()) {
            unlink();
            return false;
        }
        return linkAlive;
    }

    /** Returns whether the guest network is still there. A failure does not end natexd: a new link may work. */
    private boolean readFeeds(long nowNanos) {
        // Leaving probes first: by then, the guest's frame of each of them is in the other feed.
        feeds.drain(ports.egressLog(), nowNanos);
        GuestLink link = frames.link();
        try {
            return link == null || feeds.drain(link, translator.surroundings(), nowNanos);
        } catch (RuntimeException e) {
            linkTrouble.happened(e, nowNanos);
            return false;
        }
    }

    /**
     * Fetches the mappings of all packets from memory before the first is judged: saves a quarter of a packet's cost.
     */
    private void fetch(int count) {
        try {
            PacketQueue queue = ports.queue();
            for (int i = 0; i < count; i++) {
                translator.fetch(queue.buffer(i), queue.offset(i), queue.length(i));
            }
        } catch (RuntimeException e) {
            LOG.debug("cannot prefetch mappings; the packets are judged without it", e);
        }
    }

    private void judge(Errors errors, long nowNanos) {
        int count = errors.count();
        for (int i = 0; i < count; i++) {
            judge(errors, i, nowNanos);
        }
        frames.send(nowNanos);
        for (int i = 0; i < count; i++) {
            Judgement judgement = judgements[i];
            if (!judgement.open) {
                if (frames.failed(i)) {
                    judgement.reason = Reason.SEND_FAILED;
                }
                errors.settle(i, judgement);
                report(judgement, nowNanos);
            }
        }
    }

    /** The rest of the batch must get its verdicts even if the observer fails. */
    private void report(Judgement judgement, long nowNanos) {
        try {
            ledger.decided(judgement, nowNanos);
        } catch (RuntimeException e) {
            notObserved.happened(e, nowNanos);
        }
    }

    /** Judges one error and, if a guest gets it, rewrites it and queues the frame. Never throws (R41). */
    private void judge(Errors errors, int index, long nowNanos) {
        Judgement judgement = judgements[index];
        frames.clear(index);
        errors.begin(index, judgement);
        try {
            translator.judge(judgement, nowNanos);
            if (judgement.open) {
                if (errors.keep(index, judgement)) {
                    return;
                }
                judgement.last = true;
                translator.judge(judgement, nowNanos);
            }
            deliver(errors, index, judgement, nowNanos);
        } catch (RuntimeException e) {
            internalErrors.happened(e, nowNanos);
            frames.clear(index);
            judgement.begin(judgement.buffer, judgement.offset, judgement.length, judgement.arrivedNanos);
            judgement.reason = Reason.INTERNAL_ERROR;
        }
    }

    private void deliver(Errors errors, int index, Judgement judgement, long nowNanos) {
        if (ledger.isObserved() && judgement.errorRead) {
            translator.readDetails(judgement);
        }
        if (staticGuest.gets(judgement)) {
            judgement.reason = staticGuest.isSeen() ? Reason.STATIC_GUEST : Reason.STATIC_GUEST_UNSEEN;
            staticGuest.addressee(judgement);
        }
        if (!judgement.reason.isDelivered()) {
            return;
        }
        if (errors == copies && judgement.reason == Reason.RELAYED) {
            judgement.reason = Reason.COPIED_LATE;
        }
        boolean asFrame = queued.reinject() == Reinject.FRAME || judgement.reason != Reason.RELAYED;
        Reason obstacle = obstacle(judgement, asFrame, nowNanos);
        if (obstacle != null) {
            judgement.reason = obstacle;
            return;
        }
        if (judgement.sender != null) {
            yielding.relays(judgement, nowNanos);
        }
        translator.rewrite(judgement);
        if (asFrame) {
            frames.queue(index, judgement);
        }
    }

    /** Why the guest does not get the error; null if it does. The rate is last: nothing else may use it up. */
    private @Nullable Reason obstacle(Judgement judgement, boolean asFrame, long nowNanos) {
        Reason obstacle = asFrame ? frames.obstacle(judgement) : null;
        if (obstacle != null) {
            return obstacle;
        }
        if (judgement.sender != null && yielding.leavesToNat(judgement, nowNanos)) {
            return Reason.NAT_DELIVERS;
        }
        return rates.takes(judgement.guest, nowNanos) ? null : Reason.RATE_LIMITED;
    }

    /** How long the next turn can wait for input; -1 for no limit. */
    public long idleMillis() {
        long next = Math.min(copies.nextNanos(), yielding.nextNanos());
        return next == Long.MAX_VALUE ? -1 : Math.max(1, (next - now()) / 1_000_000 + 1);
    }

    /** Logs repeated trouble that was only counted; call it before the end. */
    public void logRepeated() {
        internalErrors.logCount();
        notRead.logCount();
        notSent.logCount();
        notObserved.logCount();
        linkTrouble.logCount();
    }
}
