package io.github.natexd.relay;

import io.github.natexd.mapping.Mapper;
import io.github.natexd.translate.Judgement;
import io.github.natexd.translate.Reason;
import io.github.natexd.translate.Translator;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of a packet. One turn: take a batch of queued errors, read every sighting there is, then judge the errors, send
 * the rewritten ones as frames, and give each its verdict. DROP is only for an error that is a guest's for certain and
 * that the guest network took; all else is accepted. No error waits: where nothing is certain yet, a copy does.
 *
 * <p>The batch is taken before the sightings are read: a probe was sighted before its error was queued, so its sighting
 * is there to be read. One thread turns; nothing is locked.
 */
public final class Relay {
    private static final Logger LOG = LoggerFactory.getLogger(Relay.class);

    /** How errors reach the guest. */
    public enum Reinject {
        /** As a frame on the guest network; the original is dropped. */
        FRAME,
        /** In the verdict: the kernel forwards it. Copies go as frames all the same. */
        VERDICT
    }

    /** What the relay works with: three ports, whether there is input at the two feeds, and monotonic nanoseconds. */
    public record Ports(PacketQueue queue, EgressLog egressLog, BooleanSupplier sighted, LongSupplier clock) {}

    private final Ports ports;
    private final Mapper mapper;
    private final Translator translator;
    private final Counters counters = new Counters();
    private final Ledger ledger = new Ledger(counters);
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
    private final QueuedErrors queued;
    private final Feeds feeds;
    private final GuestFrames frames;
    private final Judgement[] judgements;
    private boolean hadErrors;

    public Relay(Ports ports, Mapper mapper, Translator translator) {
        this.ports = ports;
        this.mapper = mapper;
        this.translator = translator;
        queued = new QueuedErrors(ports.queue(), copies, counters);
        feeds = new Feeds(new Feeds.Readers(mapper, yielding, copies, staticGuest), counters, notRead);
        int most = Math.max(ports.queue().capacity(), KeptCopies.LIMIT);
        frames = new GuestFrames(most, notSent);
        judgements = new Judgement[most];
        for (int i = 0; i < most; i++) {
            judgements[i] = new Judgement();
        }
    }

    /** The guest network came, or came back: its NAT process may be another one. */
    public void link(GuestLink present) {
        frames.link(present);
        yielding.reset();
        mapper.forgetProfile();
    }

    /** The guest network went: errors are accepted until it is back. */
    public void unlink() {
        frames.link(null);
    }

    /** Who gets a copy of errors without a mapping from now on, 0 for nobody. */
    public void staticGuest(int address) {
        staticGuest.address(address);
    }

    /**
     * How errors reach the guest from now on. The rules must be those of VERDICT before, and nothing that came by others
     * may be queued; FRAME goes with both.
     */
    public void reinject(Reinject changed) {
        queued.reinject(changed);
        mapper.trustsUnseen(changed == Reinject.FRAME);
    }

    /** The rules changed: what left the host meanwhile may not have been seen. */
    public void rulesChanged() {
        mapper.egressUnseen(now());
    }

    public Counters counters() {
        return counters;
    }

    /** Reports every error from now on, until there is another observer or none; only from the thread that turns. */
    public void observe(@Nullable Observer observer) {
        ledger.observe(observer);
    }

    /** How things are; only from the thread that turns. */
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
                nowNanos - ledger.lastRelayedNanos());
    }

    private long now() {
        return ports.clock().getAsLong();
    }

    /** One turn; returns false when the guest network has gone. */
    public boolean turn() {
        int count = ports.queue().receive();
        hadErrors = count > 0;
        try {
            return turn(count, now());
        } finally {
            // Whatever went wrong: what has no verdict yet is accepted (R41).
            if (hadErrors) {
                ports.queue().sendVerdicts();
            }
        }
    }

    /** The last turn had errors to judge, so the next one is likely to have some, too. */
    public boolean hadErrors() {
        return hadErrors;
    }

    private boolean turn(int count, long nowNanos) {
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

    /** Returns whether the guest network is still there. Trouble with it is no reason to end: a new link may be better. */
    private boolean readFeeds(long nowNanos) {
        // Leaving probes first: a guest's frame that came before its copy left is then in the other feed by now.
        feeds.drain(ports.egressLog(), nowNanos);
        GuestLink link = frames.link();
        try {
            return link == null || feeds.drain(link, translator.surroundings(), nowNanos);
        } catch (RuntimeException e) {
            linkTrouble.happened(e, nowNanos);
            return false;
        }
    }

    /** Every packet's mapping is fetched from memory before the first is judged: a quarter of a packet's cost, if not. */
    private void fetch(int count) {
        try {
            PacketQueue queue = ports.queue();
            for (int i = 0; i < count; i++) {
                translator.fetch(queue.buffer(i), queue.offset(i), queue.length(i));
            }
        } catch (RuntimeException e) {
            LOG.debug("the packet will be judged, and this be counted, all the same", e);
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
            if (!judgement.isOpen()) {
                if (frames.failed(i)) {
                    judgement.becomes(Reason.SEND_FAILED);
                }
                errors.settle(i, judgement);
                report(judgement, nowNanos);
            }
        }
    }

    /** An observer that fails must not cost the rest of the batch its verdicts. */
    private void report(Judgement judgement, long nowNanos) {
        try {
            ledger.decided(judgement, nowNanos);
        } catch (RuntimeException e) {
            notObserved.happened(e, nowNanos);
        }
    }

    /** Judges one error and, where a guest gets it, rewrites it and queues the frame. Never throws (R41). */
    private void judge(Errors errors, int index, long nowNanos) {
        Judgement judgement = judgements[index];
        frames.clear(index);
        errors.begin(index, judgement);
        try {
            translator.judge(judgement, nowNanos);
            if (judgement.isOpen()) {
                if (errors.keep(index, judgement)) {
                    return;
                }
                judgement.last();
                translator.judge(judgement, nowNanos);
            }
            deliver(errors, index, judgement, nowNanos);
        } catch (RuntimeException e) {
            internalErrors.happened(e, nowNanos);
            frames.clear(index);
            judgement.begin(judgement.buffer(), judgement.offset(), judgement.length(), judgement.arrivedNanos());
            judgement.becomes(Reason.INTERNAL_ERROR);
        }
    }

    private void deliver(Errors errors, int index, Judgement judgement, long nowNanos) {
        if (ledger.isObserved() && judgement.isErrorRead()) {
            translator.readLabels(judgement);
        }
        if (staticGuest.gets(judgement)) {
            judgement.becomes(staticGuest.isSeen() ? Reason.STATIC_GUEST : Reason.STATIC_GUEST_UNSEEN);
            staticGuest.addressee(judgement);
        }
        if (!judgement.reason().isDelivered()) {
            return;
        }
        if (errors == copies && judgement.reason() == Reason.RELAYED) {
            judgement.becomes(Reason.COPIED_LATE);
        }
        boolean asFrame = queued.reinject() == Reinject.FRAME || judgement.reason() != Reason.RELAYED;
        Reason obstacle = asFrame ? frames.obstacle(judgement) : null;
        if (obstacle == null && judgement.sender() != null && yielding.leavesToNat(judgement, nowNanos)) {
            obstacle = Reason.NAT_DELIVERS;
        }
        if (obstacle != null) {
            judgement.becomes(obstacle);
            return;
        }
        translator.rewrite(judgement);
        if (asFrame) {
            frames.queue(index, judgement);
        }
    }

    /** How long the next turn may be put off when nothing comes in; -1 for as long as one likes. */
    public long idleMillis() {
        long next = Math.min(copies.nextNanos(), yielding.nextNanos());
        return next == Long.MAX_VALUE ? -1 : Math.max(1, (next - now()) / 1_000_000 + 1);
    }

    /** Logs what was only counted of repeated trouble: before the end. */
    public void logRepeated() {
        internalErrors.logCount();
        notRead.logCount();
        notSent.logCount();
        notObserved.logCount();
        linkTrouble.logCount();
    }
}
