package io.github.natexd.relay;

import io.github.natexd.mapping.Mapper;
import io.github.natexd.translate.Reason;
import io.github.natexd.translate.Translator;
import java.nio.ByteBuffer;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of a packet. One turn: take a batch of queued errors, read every sighting there is, then judge the errors,
 * send the rewritten ones as frames, and give each its verdict: DROP only for what the guest network took, ACCEPT for
 * all else.
 *
 * <p>The batch is taken before the sightings are read: a probe was sighted before its error was queued, so its
 * sighting is there to be read. One thread turns; nothing is locked.
 */
public final class Relay {
    private static final Logger LOG = LoggerFactory.getLogger(Relay.class);

    /** How errors reach the guest. */
    public enum Reinject {
        /** As a frame on the guest network; the original is dropped. */
        FRAME,
        /** In the verdict: the kernel forwards it. */
        VERDICT
    }

    private static final int NO_GUEST = 0;

    private final PacketQueue queue;
    private final EgressLog egressLog;
    private final Mapper mapper;
    private final Translator translator;
    private Reinject reinject;
    private int staticGuest;
    private final BooleanSupplier sighted;
    private final LongSupplier clock;
    private final Counters counters = new Counters();
    private final Ledger ledger;
    private final RepeatedTrouble internalErrors =
            new RepeatedTrouble(LOG, "an error inside natexd, over which a packet was left as it was");
    private final RepeatedTrouble linkTrouble = new RepeatedTrouble(LOG, "the guest network cannot be heard");
    private final Yielding yielding = new Yielding();
    private final Sightings sightings;
    private final Waiting waiting = new Waiting();
    private final Waiting accepted = new Waiting();
    private final boolean[] keepWaiting = new boolean[Waiting.LIMIT];
    private final GuestFrames frames;
    private final Reason[] reasons;
    private boolean hadErrors;

    /**
     * @param staticGuest who gets a copy of errors without a mapping, 0 for nobody
     * @param sighted whether either feed of sightings has input; asking costs a third of reading two empty feeds
     * @param clock monotonic nanoseconds
     */
    public Relay(
            PacketQueue queue,
            EgressLog egressLog,
            Mapper mapper,
            Translator translator,
            Reinject reinject,
            int staticGuest,
            BooleanSupplier sighted,
            LongSupplier clock) {
        this.queue = queue;
        this.egressLog = egressLog;
        this.mapper = mapper;
        this.translator = translator;
        this.reinject = reinject;
        this.staticGuest = staticGuest;
        this.sighted = sighted;
        this.clock = clock;
        sightings = new Sightings(mapper, yielding, counters, internalErrors, staticGuest);
        int most = Math.max(queue.capacity(), Waiting.LIMIT);
        ledger = new Ledger(counters, most);
        ledger.staticGuest(staticGuest);
        frames = new GuestFrames(most, internalErrors);
        reasons = new Reason[most];
        java.util.Arrays.fill(reasons, Reason.NO_MAPPING);
    }

    /** The guest network came, or came back. */
    public void link(GuestLink present) {
        frames.link(present);
        yielding.reset();
        mapper.forgetBehaviour();
    }

    /** Who gets a copy of errors without a mapping from now on, 0 for nobody. */
    public void staticGuest(int changed) {
        staticGuest = changed;
        sightings.staticGuest(changed);
        ledger.staticGuest(changed);
    }

    /**
     * How errors reach the guest from now on. The rules must be those of VERDICT before, and nothing that came by others
     * may be queued; FRAME goes with both.
     */
    public void reinject(Reinject changed) {
        if (changed == reinject) {
            return;
        }
        releaseWaiting();
        reinject = changed;
    }

    /** The rules changed: of what left the host meanwhile nobody may have told. */
    public void rulesChanged() {
        mapper.egressUnseen(clock.getAsLong());
    }

    /** The guest network went: errors are accepted until it is back. */
    public void unlink() {
        frames.link(null);
    }

    public Counters counters() {
        return counters;
    }

    /** Tells of every error from now on, until there is another observer or none; only from the thread that turns. */
    public void observe(@Nullable Observer observer) {
        ledger.observe(observer);
    }

    /** How things are; only from the thread that turns. */
    public Snapshot snapshot() {
        long nowNanos = clock.getAsLong();
        boolean swept = mapper.expire(nowNanos);
        return new Snapshot(
                counters.copy(),
                mapper.behaviour(),
                yielding.deliveries(),
                mapper.mappings(),
                swept,
                mapper.evictions(),
                queue.overflows(),
                egressLog.overflows(),
                ledger.anyRelayed(),
                nowNanos - ledger.lastRelayedNanos());
    }

    /** One turn; answers false when the guest network has gone. */
    public boolean turn() {
        int count = queue.receive();
        hadErrors = count > 0;
        try {
            return turn(count, clock.getAsLong());
        } finally {
            // Whatever went wrong: what has no verdict yet is accepted (R41).
            if (hadErrors) {
                queue.sendVerdicts();
            }
        }
    }

    /** The last turn had errors to judge, so the next one is likely to have some, too. */
    public boolean hadErrors() {
        return hadErrors;
    }

    private boolean turn(int count, long nowNanos) {
        boolean linkAlive = !sighted.getAsBoolean() || readSightings(nowNanos);
        if (!linkAlive) {
            unlink();
        }
        yielding.tick(nowNanos);
        if (waiting.size() > 0) {
            retry(nowNanos);
        }
        if (accepted.size() > 0) {
            retryAccepted(nowNanos);
        }
        if (count > 0) {
            batch(count, nowNanos);
        }
        if (frames.lost()) {
            unlink();
            return false;
        }
        return linkAlive;
    }

    /** Answers whether the guest network is still there. Trouble with it is no reason to end: a new link may be better. */
    private boolean readSightings(long nowNanos) {
        // Leaving probes first: a guest's frame that came before its copy left is then in the other feed by now.
        sightings.drain(egressLog, nowNanos);
        GuestLink link = frames.link();
        try {
            return link == null || sightings.drain(link, translator.surroundings(), nowNanos);
        } catch (RuntimeException e) {
            linkTrouble.happened(e, nowNanos);
            return false;
        }
    }

    /** How long the next turn may be put off when nothing comes in; -1 for as long as one likes. */
    public long idleMillis() {
        if (waiting.size() > 0) {
            return 1;
        }
        if (accepted.size() > 0) {
            return Mapper.WAIT_NANOS / 1_000_000;
        }
        long next = yielding.nextNanos();
        return next == Long.MAX_VALUE ? -1 : Math.max(1, (next - clock.getAsLong()) / 1_000_000 + 1);
    }

    /** Logs what was only counted of repeated trouble: before the end. */
    public void logRepeated() {
        internalErrors.logCount();
        linkTrouble.logCount();
    }

    /** Gives every packet that still waits its verdict: the last thing before the queue is closed. */
    public void releaseWaiting() {
        for (int i = 0; i < waiting.size(); i++) {
            counters.count(Reason.NO_MAPPING);
            queue.release(waiting.packetId(i), false);
            keepWaiting[i] = false;
        }
        waiting.retain(keepWaiting);
    }

    private void batch(int count, long nowNanos) {
        if (mapper.isLarge()) {
            fetch(count);
        }
        for (int i = 0; i < count; i++) {
            ByteBuffer buffer = queue.buffer(i);
            reasons[i] =
                    decide(i, reinject, buffer, queue.offset(i), queue.length(i), queue.truncated(i), nowNanos, false);
            if (reasons[i] == Reason.WAITING && !startWaiting(i, buffer, nowNanos)) {
                reasons[i] = Reason.HOST_PROBE_SO_FAR;
            }
            if (reasons[i] == Reason.HOST_PROBE_SO_FAR
                    && !keepCopy(queue.packetId(i), buffer, queue.offset(i), queue.length(i), nowNanos)) {
                reasons[i] = Reason.HOST_PROBE;
            }
        }
        frames.send(nowNanos);
        for (int i = 0; i < count; i++) {
            Reason reason = outcome(i);
            switch (reason) {
                case WAITING -> {}
                case RELAYED -> relayed(i);
                default -> queue.accept(i);
            }
            if (reason != Reason.WAITING && reason != Reason.HOST_PROBE_SO_FAR) {
                ledger.decided(i, reason, nowNanos, nowNanos);
            }
        }
    }

    /** Every packet's mapping is fetched from memory before the first is judged: a quarter of a packet's cost, if not. */
    private void fetch(int count) {
        try {
            for (int i = 0; i < count; i++) {
                translator.fetch(queue.buffer(i), queue.offset(i), queue.length(i));
            }
        } catch (RuntimeException e) {
            LOG.debug("the packet will be judged, and this be counted, all the same", e);
        }
    }

    private void relayed(int index) {
        if (reinject == Reinject.VERDICT) {
            queue.acceptRewritten(index);
        } else {
            queue.drop(index);
        }
    }

    private boolean startWaiting(int index, ByteBuffer buffer, long nowNanos) {
        boolean room = waiting.add(queue.packetId(index), buffer, queue.offset(index), queue.length(index), nowNanos);
        counters.count(room ? Counters.Event.WAITED : Counters.Event.WAITING_FULL);
        if (room) {
            queue.hold(index);
        }
        return room;
    }

    private boolean keepCopy(int packetId, ByteBuffer buffer, int offset, int length, long sinceNanos) {
        boolean kept = accepted.add(packetId, buffer, offset, length, sinceNanos);
        if (kept) {
            counters.count(Counters.Event.COPIES_KEPT);
        }
        return kept;
    }

    /**
     * Copies of errors that the host has been given: a guest's late sighting makes one the guest's after all. It goes
     * as a frame: the verdict has been given.
     */
    private void retryAccepted(long nowNanos) {
        int count = accepted.size();
        for (int i = 0; i < count; i++) {
            boolean waited = nowNanos - accepted.sinceNanos(i) >= Mapper.WAIT_NANOS;
            reasons[i] = decide(
                    i, Reinject.FRAME, accepted.copy(i), Waiting.OFFSET, accepted.length(i), false, nowNanos, waited);
        }
        frames.send(nowNanos);
        for (int i = 0; i < count; i++) {
            Reason reason = outcome(i);
            keepWaiting[i] = reason == Reason.HOST_PROBE_SO_FAR || reason == Reason.WAITING;
            if (!keepWaiting[i]) {
                Reason late = reason == Reason.RELAYED ? Reason.RELAYED_LATE : reason;
                ledger.decided(i, late, accepted.sinceNanos(i), nowNanos);
            }
        }
        accepted.retain(keepWaiting);
    }

    private void retry(long nowNanos) {
        int count = waiting.size();
        for (int i = 0; i < count; i++) {
            boolean waited = nowNanos - waiting.sinceNanos(i) >= Mapper.WAIT_NANOS;
            reasons[i] =
                    decide(i, reinject, waiting.copy(i), Waiting.OFFSET, waiting.length(i), false, nowNanos, waited);
            if (reasons[i] == Reason.HOST_PROBE_SO_FAR
                    && !keepCopy(
                            waiting.packetId(i),
                            waiting.copy(i),
                            Waiting.OFFSET,
                            waiting.length(i),
                            waiting.sinceNanos(i))) {
                reasons[i] = Reason.HOST_PROBE;
            }
        }
        frames.send(nowNanos);
        for (int i = 0; i < count; i++) {
            Reason reason = outcome(i);
            keepWaiting[i] = reason == Reason.WAITING;
            if (keepWaiting[i]) {
                continue;
            }
            if (reason != Reason.HOST_PROBE_SO_FAR) {
                ledger.decided(i, reason, waiting.sinceNanos(i), nowNanos);
            }
            if (reason == Reason.RELAYED && reinject == Reinject.VERDICT) {
                queue.releaseRewritten(waiting.packetId(i), waiting.copy(i), Waiting.OFFSET, waiting.length(i));
            } else {
                queue.release(waiting.packetId(i), reason == Reason.RELAYED);
            }
        }
        waiting.retain(keepWaiting);
    }

    /** Judges one packet and, where a guest gets it, rewrites it and queues the frame. Never throws (R41). */
    private Reason decide(
            int index,
            Reinject how,
            ByteBuffer buffer,
            int offset,
            int length,
            boolean truncated,
            long nowNanos,
            boolean waited) {
        frames.clear(index);
        ledger.judging(index);
        try {
            Reason reason = translator.judge(buffer, offset, length, truncated, nowNanos, waited);
            ledger.judged(index, reason, translator);
            if (reason == Reason.RELAYED) {
                return relay(index, how, buffer, offset, nowNanos);
            }
            return staticGuest != NO_GUEST && reason.unmapped() ? copyToStaticGuest(index, buffer, offset) : reason;
        } catch (RuntimeException e) {
            internalErrors.happened(e, nowNanos);
            frames.clear(index);
            return Reason.INTERNAL_ERROR;
        }
    }

    private Reason relay(int index, Reinject how, ByteBuffer buffer, int offset, long nowNanos) {
        sightings.gatewayProven(translator.mapping().gatewayMac());
        if (yielding.yields(translator.errorType(), translator.probeProtocol())) {
            yielding.accepted(
                    translator.errorType(),
                    translator.probeProtocol(),
                    translator.mapping().guest(),
                    translator.reporter(),
                    Yielding.ports(translator.mapping().guestPort(), translator.probeDestinationPort()),
                    nowNanos);
            return Reason.NAT_DELIVERS;
        }
        yielding.relays(translator.errorType(), translator.probeProtocol());
        if (how == Reinject.VERDICT) {
            translator.rewrite();
            return Reason.RELAYED;
        }
        Reason obstacle = frames.obstacle(translator.totalLength());
        if (obstacle != Reason.RELAYED) {
            return obstacle;
        }
        translator.rewrite();
        return queueFrame(
                index, translator.mapping().guestMac(), translator.mapping().gatewayMac(), buffer, offset);
    }

    private Reason copyToStaticGuest(int index, ByteBuffer buffer, int offset) {
        if (sightings.staticGuestMac() < 0) {
            return Reason.STATIC_GUEST_UNSEEN;
        }
        Reason obstacle = frames.obstacle(translator.totalLength());
        if (obstacle != Reason.RELAYED) {
            return obstacle;
        }
        translator.rewriteForStaticGuest(staticGuest);
        Reason queued = queueFrame(index, sightings.staticGuestMac(), sightings.staticGatewayMac(), buffer, offset);
        return queued == Reason.RELAYED ? Reason.STATIC_GUEST : queued;
    }

    private Reason queueFrame(int index, long guestMac, long gatewayMac, ByteBuffer buffer, int offset) {
        return frames.queue(index, guestMac, gatewayMac, buffer, offset, translator.totalLength());
    }

    /** The reason of packet {@code index} now that frames have been sent. */
    private Reason outcome(int index) {
        return frames.failed(index) ? Reason.SEND_FAILED : reasons[index];
    }
}
