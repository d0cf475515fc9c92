package io.github.natexd.daemon;

import io.github.natexd.config.Config;
import io.github.natexd.linux.libc.Poller;
import io.github.natexd.linux.netfilter.NetfilterLog;
import io.github.natexd.linux.netfilter.NetfilterQueue;
import io.github.natexd.linux.netlink.RouteNews;
import io.github.natexd.linux.netlink.RuleNews;
import io.github.natexd.linux.packet.PacketSocket;
import io.github.natexd.mapping.Mapper;
import io.github.natexd.relay.Relay;
import io.github.natexd.report.MappingPage;
import io.github.natexd.report.Observer;
import io.github.natexd.translate.ErrorTypes;
import io.github.natexd.translate.Translator;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that owns queue, egress log and guest link. It polls them together with the kernel's news and the
 * inbox of other threads, runs the relay's turns, and calls the watchdog. The constructor opens everything that the
 * loop owns; the end of {@link #run} closes it.
 *
 * <p>How errors of a turn's system calls are handled (R45): EINTR and EAGAIN are ignored. ENOBUFS and ENOMEM lose news,
 * copies or packets; the loss is counted, and what was missed is read again. After any error of the guest network the
 * link is closed and another is opened; an interface or address that cannot be read is read again later. Waiting does
 * not cure any other error of the queue, the log, the news or poll (EBADF, EFAULT): the loop ends, natexd ends with it,
 * and the service manager starts it again.
 */
final class Loop implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Loop.class);

    /** No descriptor: the poller ignores a negative one. */
    private static final int ABSENT = -1;

    private static final int DESCRIPTORS = 6;

    private static final int FEEDS = 2;
    /** While every turn has errors, the loop does not wait, and looks at everything else once in this many turns. */
    private static final int TURNS_BETWEEN_NEWS = 16;
    /** The most turns for the packets that the rules queued before they were removed. */
    private static final int LAST_TURNS_LIMIT = 256;

    private final GuestNetwork guestNetwork;
    private final RulesKeeper rulesKeeper;
    private final Watchdog watchdog;
    private final Status status;
    private final NetfilterQueue queue;
    private final NetfilterLog egressLog;
    private final RouteNews routeNews;
    private final RuleNews ruleNews;
    private final Inbox inbox = new Inbox();
    private final Poller poller = new Poller(DESCRIPTORS);
    /** Only the two feeds of sightings, which the relay polls again after it has taken a batch of errors. */
    private final Poller feeds = new Poller(FEEDS);

    private final Mapper mapper;
    private final Translator translator;
    private final Relay relay;
    private final int inboxPlace;
    private final int queuePlace;
    private final int routePlace;
    private final int rulePlace;
    private final int linkPlace;
    private final int linkFeed;
    private @Nullable PacketSocket link;
    private boolean stopped;

    Loop(Config config, GuestNetwork guestNetwork, RulesKeeper rulesKeeper, Watchdog watchdog, Status status) {
        this.guestNetwork = guestNetwork;
        this.rulesKeeper = rulesKeeper;
        this.watchdog = watchdog;
        this.status = status;
        // R43: the queue is ready before a rule can hand it a packet.
        queue = NetfilterQueue.open(config.queue().number(), config.queue().maxLength());
        egressLog = NetfilterLog.open(config.queue().logGroup());
        routeNews = RouteNews.open();
        ruleNews = RuleNews.open("natexd", "mangle");
        mapper = new Mapper(config.probes().capacity(), lifetimeNanos(config), System.nanoTime());
        translator = new Translator(types(config), mapper, guestNetwork.surroundings());
        relay = new Relay(
                new Relay.Ports(queue, egressLog, () -> feeds.poll(0) > 0, System::nanoTime), mapper, translator);
        relay.reinject(reinject(config));
        relay.staticGuest(config.relay().staticGuest().orElse(0));
        relay.maxErrorsPerSecond(config.relay().maxErrorsPerSecond());
        inboxPlace = poller.register(inbox.descriptor());
        queuePlace = poller.register(queue.descriptor());
        poller.register(egressLog.descriptor());
        routePlace = poller.register(routeNews.descriptor());
        rulePlace = poller.register(ruleNews.descriptor());
        linkPlace = poller.register(ABSENT);
        feeds.register(egressLog.descriptor());
        linkFeed = feeds.register(ABSENT);
        guestNetwork.refresh();
        if (guestNetwork.link() == null) {
            PacketSocket.check();
        }
        takeGuestNetwork();
    }

    private static ErrorTypes types(Config config) {
        var errors = config.relay().errors();
        return new ErrorTypes(
                errors.contains(Config.ErrorKind.TIME_EXCEEDED),
                errors.contains(Config.ErrorKind.DESTINATION_UNREACHABLE),
                errors.contains(Config.ErrorKind.REASSEMBLY_TIME_EXCEEDED),
                errors.contains(Config.ErrorKind.PARAMETER_PROBLEM));
    }

    private static long lifetimeNanos(Config config) {
        return TimeUnit.SECONDS.toNanos(config.probes().lifetimeSeconds());
    }

    private static Relay.Reinject reinject(Config config) {
        return switch (config.relay().reinject()) {
            case FRAME -> Relay.Reinject.FRAME;
            case VERDICT -> Relay.Reinject.VERDICT;
        };
    }

    /** Answers a question on the loop's thread, between two turns: it must be quick. */
    <T> Future<T> ask(Supplier<T> question) {
        return inbox.ask(question);
    }

    /** Runs a task on the loop's thread, between two turns. */
    Future<?> execute(Runnable task) {
        return inbox.ask(() -> {
            task.run();
            return true;
        });
    }

    /** The present state; {@linkplain #ask ask} for it. */
    LoopReport report() {
        return new LoopReport(guestNetwork.report(), relay.snapshot());
    }

    /** A part of the mappings; {@linkplain #ask ask} for it. */
    MappingPage mappings(int from) {
        return mapper.page(from, System.nanoTime());
    }

    /** Reports every error to this observer from now on, or to none (null); to be {@linkplain #execute executed}. */
    void observe(@Nullable Observer observer) {
        relay.observe(observer);
    }

    /** Ends {@link #run}, from another thread. */
    void stop() {
        inbox.ask(() -> stopped = true);
    }

    /**
     * Applies another configuration (R50) to everything but the rules; to be {@linkplain #execute executed}. Mappings,
     * sightings and kept copies stay. A change to reinjection in the verdict waits for {@link #rulesReplaced}: frames
     * work with the rules of both ways, verdicts only with their own.
     */
    void configure(Config changed) {
        translator.types(types(changed));
        mapper.lifetime(lifetimeNanos(changed), System.nanoTime());
        relay.staticGuest(changed.relay().staticGuest().orElse(0));
        relay.maxErrorsPerSecond(changed.relay().maxErrorsPerSecond());
        if (reinject(changed) == Relay.Reinject.FRAME) {
            relay.reinject(Relay.Reinject.FRAME);
        }
        guestNetwork.configure(changed);
        refreshGuestNetwork();
    }

    /** The rules are those of the new configuration; to be {@linkplain #execute executed}. */
    void rulesReplaced(Config changed) {
        turnUntilQueueIsEmpty();
        relay.reinject(reinject(changed));
    }

    @Override
    public void run() {
        try {
            for (int turns = 1; !stopped; turns++) {
                if (!relay.hadErrors()) {
                    long begin = System.nanoTime();
                    relay.ledger().waited(begin, await(idleMillis(begin)));
                } else if (turns % TURNS_BETWEEN_NEWS == 0) {
                    await(0);
                }
                if (watchdog.turned(turn())) {
                    reportCount();
                }
            }
            // The rules are gone; the packets that they had queued get their verdicts. Closing the queue alone would
            // drop them.
            turnUntilQueueIsEmpty();
        } finally {
            relay.logRepeated();
            LOG.info("packets: {}", relay.ledger().counters);
            close();
        }
    }

    /**
     * Waits until there is something to do, and does everything except {@linkplain #turn the relay's turn}. Returns when
     * the wait ended.
     */
    private long await(long millis) {
        poller.poll(millis);
        long now = System.nanoTime();
        if (poller.ready(inboxPlace)) {
            inbox.answer();
        }
        if (guestNetwork.idleMillis(now) == 0 || (poller.ready(routePlace) && routeNews.drain())) {
            refreshGuestNetwork();
        }
        if (poller.ready(rulePlace) && ruleNews.drain()) {
            mapper.egressUnseen(System.nanoTime());
            rulesKeeper.rulesChanged();
        }
        return now;
    }

    private long idleMillis(long now) {
        return sooner(sooner(relay.idleMillis(), watchdog.idleMillis(now)), guestNetwork.idleMillis(now));
    }

    /** The shorter of two waits; a negative one has no end. */
    private static long sooner(long first, long second) {
        return first < 0 ? second : second < 0 ? first : Math.min(first, second);
    }

    /** Returns when the turn ended. */
    private long turn() {
        boolean linkAlive = relay.turn();
        long now = System.nanoTime();
        relay.ledger().turned(now);
        if (!linkAlive) {
            guestNetwork.lost();
            refreshGuestNetwork();
        }
        return now;
    }

    private void turnUntilQueueIsEmpty() {
        for (int i = 0; i < LAST_TURNS_LIMIT; i++) {
            poller.poll(0);
            turn();
            if (!poller.ready(queuePlace)) {
                break;
            }
        }
    }

    /** Runs with the sign of life, so that the count needs no extra wake-up. */
    private void reportCount() {
        status.relayed(relay.ledger().counters.delivered());
    }

    private void refreshGuestNetwork() {
        guestNetwork.refresh();
        takeGuestNetwork();
    }

    private void takeGuestNetwork() {
        PacketSocket present = guestNetwork.link();
        if (present != link) {
            link = present;
            int descriptor = present == null ? ABSENT : present.descriptor();
            poller.replace(linkPlace, descriptor);
            feeds.replace(linkFeed, descriptor);
            relay.link(present);
        }
        translator.surroundings(guestNetwork.surroundings());
        guestNetwork.name().ifPresent(rulesKeeper::interfaceKnown);
    }

    private void close() {
        inbox.close();
        guestNetwork.close();
        ruleNews.close();
        routeNews.close();
        egressLog.close();
        queue.close();
    }
}
