package io.github.natexd.daemon;

import io.github.natexd.config.Config;
import io.github.natexd.linux.EventFd;
import io.github.natexd.linux.NetfilterLog;
import io.github.natexd.linux.NetfilterQueue;
import io.github.natexd.linux.PacketSocket;
import io.github.natexd.linux.Poller;
import io.github.natexd.linux.RouteNews;
import io.github.natexd.linux.RuleNews;
import io.github.natexd.mapping.Mapper;
import io.github.natexd.relay.Relay;
import io.github.natexd.translate.ErrorTypes;
import io.github.natexd.translate.Translator;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that owns queue, egress log and guest link: polls them together with the kernel's news and the stop
 * signal, and lets the relay turn. Everything it owns is opened by the constructor and closed when {@link #run} ends.
 */
final class Loop implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Loop.class);

    /** No descriptor: the poller passes over a negative one. */
    private static final int ABSENT = -1;

    private static final int DESCRIPTORS = 7;
    /** How many packets that came before the rules went are still served at the end: turns of the loop. */
    private static final int LAST_TURNS_LIMIT = 256;

    private final GuestNetwork guestNetwork;
    private final NetfilterQueue queue;
    private final NetfilterLog egressLog;
    private final RouteNews routeNews;
    private final RuleNews ruleNews;
    private final EventFd stop = new EventFd();
    private final Inbox inbox = new Inbox();
    private final Poller poller = new Poller(DESCRIPTORS);
    private final Translator translator;
    private final Relay relay;
    private final RulesKeeper rulesKeeper;
    private final int stopPlace;
    private final int routePlace;
    private final int rulePlace;
    private final int linkPlace;
    private final int inboxPlace;

    Loop(Config config, GuestNetwork guestNetwork, RulesKeeper rulesKeeper) {
        this.guestNetwork = guestNetwork;
        this.rulesKeeper = rulesKeeper;
        // R43: the queue is ready before a rule can hand it a packet.
        queue = NetfilterQueue.open(config.queue().number(), config.queue().maxLength());
        egressLog = NetfilterLog.open(config.queue().logGroup());
        routeNews = RouteNews.open();
        ruleNews = RuleNews.open("natexd", "mangle");
        Mapper mapper = new Mapper(
                config.probes().capacity(),
                TimeUnit.SECONDS.toNanos(config.probes().lifetimeSeconds()),
                System.nanoTime());
        translator = new Translator(types(config), mapper, guestNetwork.surroundings());
        relay = new Relay(
                queue,
                egressLog,
                mapper,
                translator,
                switch (config.relay().reinject()) {
                    case FRAME -> Relay.Reinject.FRAME;
                    case VERDICT -> Relay.Reinject.VERDICT;
                },
                config.relay().staticGuest().orElse(0),
                System::nanoTime);
        stopPlace = poller.register(stop.descriptor());
        poller.register(queue.descriptor());
        poller.register(egressLog.descriptor());
        routePlace = poller.register(routeNews.descriptor());
        rulePlace = poller.register(ruleNews.descriptor());
        linkPlace = poller.register(ABSENT);
        inboxPlace = poller.register(inbox.descriptor());
        refreshGuestNetwork();
    }

    private static ErrorTypes types(Config config) {
        var errors = config.relay().errors();
        return new ErrorTypes(
                errors.contains(Config.ErrorKind.TIME_EXCEEDED),
                errors.contains(Config.ErrorKind.DESTINATION_UNREACHABLE),
                errors.contains(Config.ErrorKind.REASSEMBLY_TIME_EXCEEDED),
                errors.contains(Config.ErrorKind.PARAMETER_PROBLEM));
    }

    /** Ends {@link #run} from another thread. */
    void stop() {
        stop.signal();
    }

    /** Answers on the loop's thread, between two turns: the question must be quick. */
    <T> Future<T> ask(Supplier<T> question) {
        return inbox.ask(question);
    }

    /** How things are; to be {@linkplain #ask asked}. */
    LoopReport report() {
        return new LoopReport(guestNetwork.report(), relay.snapshot());
    }

    @Override
    public void run() {
        try {
            while (true) {
                poller.poll(relay.idleMillis());
                if (poller.ready(stopPlace) && stop.drain()) {
                    break;
                }
                if (poller.ready(routePlace) && routeNews.drain()) {
                    refreshGuestNetwork();
                }
                if (poller.ready(rulePlace) && ruleNews.drain()) {
                    rulesKeeper.rulesChanged();
                }
                if (poller.ready(inboxPlace)) {
                    inbox.answer();
                }
                if (!relay.turn()) {
                    guestNetwork.lost();
                    refreshGuestNetwork();
                }
            }
            lastTurns();
        } finally {
            LOG.info("packets: {}", relay.counters());
            close();
        }
    }

    /** The rules are gone; what they had queued gets its verdict. Closing the queue would drop it. */
    private void lastTurns() {
        relay.releaseWaiting();
        for (int i = 0; i < LAST_TURNS_LIMIT; i++) {
            poller.poll(0);
            relay.turn();
        }
        relay.releaseWaiting();
    }

    private void refreshGuestNetwork() {
        if (guestNetwork.refresh()) {
            PacketSocket link = guestNetwork.link();
            poller.replace(linkPlace, link == null ? ABSENT : link.descriptor());
            if (link == null) {
                relay.unlink();
            } else {
                relay.link(link);
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
        stop.close();
    }
}
