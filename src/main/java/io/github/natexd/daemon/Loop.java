package io.github.natexd.daemon;

import io.github.natexd.config.Config;
import io.github.natexd.linux.libc.Poller;
import io.github.natexd.linux.netfilter.NetfilterLog;
import io.github.natexd.linux.netfilter.NetfilterQueue;
import io.github.natexd.linux.netlink.RouteNews;
import io.github.natexd.linux.netlink.RuleNews;
import io.github.natexd.linux.packet.PacketSocket;
import io.github.natexd.mapping.Mapper;
import io.github.natexd.mapping.MappingPage;
import io.github.natexd.relay.Observer;
import io.github.natexd.relay.Relay;
import io.github.natexd.translate.ErrorTypes;
import io.github.natexd.translate.Translator;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that owns queue, egress log and guest link: polls them together with the kernel's news and the inbox
 * of other threads, lets the relay turn, and tells the watchdog. Everything it owns is opened by the constructor and
 * closed when {@link #run} ends.
 *
 * <p>What the system calls of a turn may answer, and what comes of it (R45): EINTR and EAGAIN are nothing; ENOBUFS and
 * ENOMEM lose news, copies or packets, which is counted and looked after; whatever befalls the guest network loses the
 * link, and another is opened; an interface or address that cannot be asked for is asked for again. An error of the
 * queue, of the log, of the news or of poll itself beyond that (EBADF, EFAULT) is none that waiting would cure: the
 * loop ends, and natexd with it, to be started anew.
 */
final class Loop implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Loop.class);

    /** No descriptor: the poller passes over a negative one. */
    private static final int ABSENT = -1;

    private static final int DESCRIPTORS = 6;

    private static final int FEEDS = 2;
    /** While errors pour in, nobody waits for them: in so many turns the rest is looked at once. */
    private static final int TURNS_BETWEEN_NEWS = 16;
    /** How many turns are made for what the rules queued until a moment ago. */
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
    /** The two feeds of sightings alone, which are looked at again when a batch of errors has been taken. */
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

    /** Answers on the loop's thread, between two turns: the question must be quick. */
    <T> Future<T> ask(Supplier<T> question) {
        return inbox.ask(question);
    }

    /** Does something on the loop's thread, between two turns. */
    Future<Boolean> tell(Runnable order) {
        return inbox.ask(() -> {
            order.run();
            return true;
        });
    }

    /** How things are; to be {@linkplain #ask asked}. */
    LoopReport report() {
        return new LoopReport(guestNetwork.report(), relay.snapshot());
    }

    /** A part of the mappings; to be {@linkplain #ask asked}. */
    MappingPage mappings(int from) {
        return mapper.page(from, System.nanoTime());
    }

    /** Who is told of every error, or null; to be {@linkplain #ask asked}. */
    void observe(@Nullable Observer observer) {
        relay.observe(observer);
    }

    /** Ends {@link #run}, from another thread. */
    void stop() {
        inbox.ask(() -> stopped = true);
    }

    /**
     * A reload (R50), to be {@linkplain #tell told}: what the loop itself does differently from now on. Mappings,
     * sightings and kept copies stay. Giving errors back in the verdict has to wait for {@link #rulesReplaced}: frames
     * go with the rules of either way, verdicts with their own alone.
     */
    void configure(Config changed) {
        translator.types(types(changed));
        mapper.lifetime(lifetimeNanos(changed), System.nanoTime());
        relay.staticGuest(changed.relay().staticGuest().orElse(0));
        if (reinject(changed) == Relay.Reinject.FRAME) {
            relay.reinject(Relay.Reinject.FRAME);
        }
        guestNetwork.configure(changed);
        refreshGuestNetwork();
    }

    /** To be {@linkplain #tell told} when the rules are those of the new configuration. */
    void rulesReplaced(Config changed) {
        turnUntilQueueIsEmpty();
        relay.reinject(reinject(changed));
    }

    @Override
    public void run() {
        try {
            for (int turns = 1; !stopped; turns++) {
                if (!relay.hadErrors()) {
                    await(idleMillis());
                } else if (turns % TURNS_BETWEEN_NEWS == 0) {
                    await(0);
                }
                turn();
                if (watchdog.turned(System.nanoTime())) {
                    tellCount();
                }
            }
            // The rules are gone; what they had queued gets its verdict. Closing the queue alone would drop it.
            turnUntilQueueIsEmpty();
        } finally {
            relay.logRepeated();
            LOG.info("packets: {}", relay.counters());
            close();
        }
    }

    /** Waits until there is something to do, and does all that is not {@linkplain #turn the relay's}. */
    private void await(long millis) {
        poller.poll(millis);
        if (poller.ready(inboxPlace)) {
            inbox.answer();
        }
        if (guestNetwork.idleMillis(System.nanoTime()) == 0 || (poller.ready(routePlace) && routeNews.drain())) {
            refreshGuestNetwork();
        }
        if (poller.ready(rulePlace) && ruleNews.drain()) {
            relay.rulesChanged();
            rulesKeeper.rulesChanged();
        }
    }

    private long idleMillis() {
        long now = System.nanoTime();
        return sooner(sooner(relay.idleMillis(), watchdog.idleMillis(now)), guestNetwork.idleMillis(now));
    }

    /** Of two waits the shorter one; a negative one has no end. */
    private static long sooner(long first, long second) {
        return first < 0 ? second : second < 0 ? first : Math.min(first, second);
    }

    private void turn() {
        if (!relay.turn()) {
            guestNetwork.lost();
            refreshGuestNetwork();
        }
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

    /** With the sign of life, so that the count costs no wake-up of its own. */
    private void tellCount() {
        status.relayed(relay.counters().delivered());
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
            if (present == null) {
                relay.unlink();
            } else {
                relay.link(present);
            }
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
