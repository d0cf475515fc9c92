package io.github.natexd.lab.scenario;

import io.github.natexd.linux.emulation.Tap;
import java.util.function.Consumer;

/**
 * A program behind a TUN device, as VPNs and accelerators have it: it answers pings itself, which proves nothing; it
 * sends them again as any program would, and they come back; it forwards them by a socket bound to the uplink.
 */
public final class TunPing implements Scenario {
    /** What is broken on purpose: a test shows that the step which depends on it notices. */
    public enum Fault {
        NONE,
        /** The sockets of the last steps are not bound to the uplink. */
        NO_BINDING
    }

    static final String HOST = "host";
    static final String UPLINK = "up0";
    static final String TARGET = "198.51.100.20";
    /** An address that nobody has. */
    static final String NOBODY = "198.51.100.77";

    private static final String ROUTER = "router";
    private static final String TARGET_NODE = "target";
    private static final int ONE_WAY_MILLIS = 20;
    /** No reply that comes from the target is faster. */
    static final long DELAY_NANOS = 2L * ONE_WAY_MILLIS * 1_000_000;

    private static final long PATIENCE_MILLIS = 2000;
    /** For replies that should not come. */
    private static final long QUIET_MILLIS = 300;

    private static final String PICTURE = """
             host                                            router                     target
             tun0 10.8.0.1 ◂─ route to 198.51.100.0/24
              │
             program
              │
             up0 ────── slow wire, %d ms each way ────── down0      up0 ─────────── eth0
             192.0.2.10                                  192.0.2.1  198.51.100.1    198.51.100.20
                                                                    (198.51.100.77: nobody)
            """.formatted(ONE_WAY_MILLIS);

    private final Fault fault;

    public TunPing() {
        this(Fault.NONE);
    }

    /** Not for users: see {@link Fault}. */
    public TunPing(Fault fault) {
        this.fault = fault;
    }

    @Override
    public String name() {
        return "tun-ping";
    }

    @Override
    public String title() {
        return "a program behind a TUN device fakes replies, sends pings in a loop, and forwards them";
    }

    @Override
    public String picture() {
        return PICTURE;
    }

    @Override
    public void play(Stage stage, Consumer<Step> audience) {
        build(stage);
        audience.accept(path(stage));
        Tap tun = route(stage);
        audience.accept(fake(stage, tun));
        audience.accept(loop(stage, tun));
        EchoForwarder forwarder = new EchoForwarder(tun, fault == Fault.NO_BINDING ? null : UPLINK);
        stage.start(HOST, "forwarder", forwarder);
        audience.accept(forwarded(stage, forwarder));
        audience.accept(timedOut(stage, forwarder));
    }

    static void build(Stage stage) {
        stage.nodes(HOST, ROUTER, TARGET_NODE);
        stage.set(ROUTER, "ipv4/ip_forward", "1");
        Tap near = stage.tap(HOST, UPLINK);
        Tap far = stage.tap(ROUTER, "down0");
        stage.wire(ROUTER, "up0", TARGET_NODE, "eth0");
        stage.ip(HOST, """
                addr add 192.0.2.10/24 dev up0
                link set up0 up
                route add default via 192.0.2.1
                """);
        stage.ip(ROUTER, """
                addr add 192.0.2.1/24 dev down0
                link set down0 up
                addr add 198.51.100.1/24 dev up0
                link set up0 up
                """);
        stage.ip(TARGET_NODE, """
                addr add 198.51.100.20/24 dev eth0
                link set eth0 up
                route add default via 198.51.100.1
                """);
        stage.start(HOST, "slow wire", new SlowWire(near, far, ONE_WAY_MILLIS));
        stage.capture(HOST, UPLINK, PcapFile.ETHERNET);
        stage.capture(TARGET_NODE, "eth0", PcapFile.ETHERNET);
    }

    /** Leads the way to the target into a TUN device. */
    static Tap route(Stage stage) {
        Tap tun = stage.tun(HOST, "tun0");
        stage.ip(HOST, """
                addr add 10.8.0.1/24 dev tun0
                link set tun0 up
                route add 198.51.100.0/24 dev tun0
                """);
        stage.capture(HOST, "tun0", PcapFile.RAW_IP);
        return tun;
    }

    private static Step path(Stage stage) {
        Pinger.Result target = Pinger.ping(stage, HOST, null, TARGET, 3, 100, PATIENCE_MILLIS);
        Pinger.Result nobody = Pinger.ping(stage, HOST, null, NOBODY, 3, 100, QUIET_MILLIS);
        return new Step(
                "path",
                "Without the TUN device, the host pings the target and an address that no machine has.",
                "the target answers after at least %s ms; the other address does not answer"
                        .formatted(Pinger.Result.millis(DELAY_NANOS)),
                "target: %s; nobody: %s".formatted(target, nobody),
                target.complete() && target.fastestNanos() >= DELAY_NANOS && nobody.received() == 0);
    }

    private static Step fake(Stage stage, Tap tun) {
        try (Worker answerer = stage.start(HOST, "answerer", new EchoAnswerer(tun))) {
            Pinger.Result nobody = Pinger.ping(stage, HOST, null, NOBODY, 5, 50, PATIENCE_MILLIS);
            answerer.check();
            return new Step(
                    "fake",
                    "The program replies to the pings to " + NOBODY + " itself.",
                    "replies that are faster than the path: they are fake",
                    nobody.toString(),
                    nobody.complete() && nobody.fastestNanos() < DELAY_NANOS);
        }
    }

    private static Step loop(Stage stage, Tap tun) {
        EchoForwarder unbound = new EchoForwarder(tun, null);
        try (Worker forwarder = stage.start(HOST, "unbound forwarder", unbound)) {
            Pinger.Result target = Pinger.ping(stage, HOST, null, TARGET, 1, 0, QUIET_MILLIS);
            stage.await(PATIENCE_MILLIS, () -> unbound.dropped() > 0);
            forwarder.check();
            return new Step(
                    "loop",
                    "The program sends the ping to " + TARGET + " again through a socket that is not bound.",
                    "no reply; the route leads the ping back into tun0, until the program drops it",
                    "%s; came back %d times, dropped: %d".formatted(target, unbound.returned(), unbound.dropped()),
                    target.received() == 0 && unbound.returned() == EchoForwarder.PASSES_MAX && unbound.dropped() == 1);
        }
    }

    private static Step forwarded(Stage stage, EchoForwarder forwarder) {
        Pinger.Result target = Pinger.ping(stage, HOST, null, TARGET, 50, 10, PATIENCE_MILLIS);
        return new Step(
                "forwarded",
                "The program sends 50 pings, 100 a second, through a socket bound to up0.",
                "one reply to each, none faster than the path",
                "%s; sockets: %d of %d, waiting at a time: %d of %d"
                        .formatted(
                                target,
                                forwarder.sockets(),
                                EchoEntries.FLOWS_MAX,
                                forwarder.waitingMost(),
                                EchoEntries.ENTRIES_MAX),
                target.complete() && target.fastestNanos() >= DELAY_NANOS);
    }

    private static Step timedOut(Stage stage, EchoForwarder forwarder) {
        Pinger.Result nobody = Pinger.ping(stage, HOST, null, NOBODY, 3, 10, QUIET_MILLIS);
        int before = forwarder.waiting();
        long limit = EchoEntries.ENTRY_NANOS / 1_000_000 + PATIENCE_MILLIS;
        stage.await(limit, () -> forwarder.waiting() == 0);
        int after = forwarder.waiting();
        return new Step(
                "timed-out",
                "The program sends 3 pings in the same way to the address that no machine has.",
                "no reply; the entries of these pings end after %d ms".formatted(EchoEntries.ENTRY_NANOS / 1_000_000),
                "%s; entries: %d, then %d".formatted(nobody, before, after),
                nobody.received() == 0 && before == 3 && after == 0);
    }
}
