package io.github.natexd.control;

import io.github.natexd.config.Config;
import io.github.natexd.config.EffectiveConfig;
import io.github.natexd.report.Counters;
import io.github.natexd.report.Durations;
import io.github.natexd.report.MappingPage;
import io.github.natexd.report.MappingRow;
import io.github.natexd.report.NatDelivery;
import io.github.natexd.report.NatProfile;
import io.github.natexd.report.NatProfile.Known;
import io.github.natexd.report.Observed;
import io.github.natexd.report.Observer;
import io.github.natexd.report.Reason;
import io.github.natexd.report.Snapshot;
import io.github.natexd.testkit.Packets;
import io.github.natexd.wire.IcmpEcho;
import io.github.natexd.wire.IcmpError;
import io.github.natexd.wire.MplsLabels;
import io.github.natexd.wire.Protocol;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/** A daemon whose responses the test chooses; queried without a socket. */
public final class ControlScene implements DaemonView {
    static final int GROUP = 990;
    static final int OWN_USER = 991;
    static final Access ACCESS = new Access(OWN_USER, "natexd", OptionalInt.of(GROUP));
    static final Caller ROOT = new Caller(0, List.of(0));

    private final StatusReport status;
    private volatile @Nullable Observer observer;
    private volatile Level logLevel = Level.INFO;

    private ControlScene(StatusReport status) {
        this.status = status;
    }

    /** A daemon that works, and has relayed an error 5 s ago. */
    public static ControlScene working() {
        return of(
                new StatusReport.GuestNetwork(Optional.of("vmnet8"), Optional.of("192.168.44.1/24"), true),
                new StatusReport.Rules(RulesState.LOADED, "natexd-rules: installed"),
                snapshot(0));
    }

    /** A daemon with neither guest network nor rules. */
    public static ControlScene degraded() {
        return of(
                new StatusReport.GuestNetwork(Optional.of("vmnet8"), Optional.empty(), false),
                new StatusReport.Rules(RulesState.FAILED, "nft: no permission"),
                snapshot(0));
    }

    /** What natexd-keepalive does where it runs. */
    public static final String KEEPALIVE = "new TCP connections of vmnet-natd send keepalives (process 9)";

    static ControlScene of(StatusReport.GuestNetwork network, StatusReport.Rules rules, Snapshot relay) {
        return new ControlScene(new StatusReport(
                "1.0",
                4711,
                Instant.parse("2026-11-21T00:00:00.5Z"),
                Duration.ofSeconds(90),
                network,
                "frame",
                List.of("time-exceeded", "destination-unreachable"),
                Optional.empty(),
                rules,
                new StatusReport.Limits(5511, 4096, 5511, 60, 65_536),
                network.present() ? Optional.of(KEEPALIVE) : Optional.empty(),
                relay));
    }

    static Snapshot snapshot(long queueOverflows) {
        return new Snapshot(
                new Counters(),
                new NatProfile(
                        traits(trait(Known.YES, 12, 0), trait(Known.MIXED, 10, 2)),
                        traits(trait(Known.UNKNOWN, 0, 0), trait(Known.UNKNOWN, 0, 0))),
                List.of(
                        new NatDelivery("time-exceeded", Protocol.UDP, false, true),
                        new NatDelivery("time-exceeded", Protocol.ICMP, true, false),
                        new NatDelivery("destination-unreachable", Protocol.UDP, false, false)),
                3,
                true,
                0,
                queueOverflows,
                0,
                true,
                5_900_000_000L,
                relayTimes(),
                new Durations());
    }

    private static Durations relayTimes() {
        Durations times = new Durations();
        times.add(75_000, 2);
        times.add(12_000_000_000L, 1);
        return times;
    }

    private static NatProfile.Traits traits(NatProfile.Trait portKept, NatProfile.Trait identificationKept) {
        NatProfile.Trait unknown = trait(Known.UNKNOWN, 0, 0);
        return new NatProfile.Traits(portKept, identificationKept, unknown, unknown);
    }

    private static NatProfile.Trait trait(Known known, long yes, long no) {
        return new NatProfile.Trait(known, yes, no);
    }

    /** The response to root: one line with LF. */
    public String ask(String request) {
        return ask(request, ROOT);
    }

    String ask(String request, Caller caller) {
        return new Requests(ACCESS, this).answer(request, caller).line();
    }

    /** The line that {@code natexctl watch --json} prints for a relayed error. */
    public static String observed() {
        Observed observed = decided(Reason.RELAYED);
        observed.reported = true;
        observed.reporter = Packets.ROUTER;
        observed.type = IcmpError.TYPE_TIME_EXCEEDED;
        observed.labels = new MplsLabels();
        observed.labels.add(24001 << 12 | 5 << 9 | 0x101);
        observed.quoted = true;
        observed.protocol = Protocol.UDP;
        observed.source = Packets.HOST;
        observed.sourcePort = 50000;
        observed.target = Packets.TARGET;
        observed.targetPort = 33434;
        observed.guestKnown = true;
        observed.guest = Packets.GUEST;
        observed.guestPort = 40000;
        observed.hop = 2;
        observed.roundTripNanos = 1_500_000;
        return line(observed);
    }

    /** A decision about an error of which nothing was read. */
    public static Observed decided(Reason reason) {
        Observed observed = new Observed();
        observed.event = Observed.Event.ERROR;
        observed.reason = reason;
        observed.epochNanos = 1_795_219_201_000_000_000L;
        return observed;
    }

    /** The line for a guest's probe. */
    public static String observedProbe() {
        return line(probe());
    }

    /** The line for an echo reply to a guest. */
    public static String observedReply() {
        Observed reply = probe();
        reply.event = Observed.Event.REPLY;
        reply.hop = 0;
        reply.reported = true;
        reply.reporter = Packets.TARGET;
        reply.type = IcmpEcho.TYPE_REPLY;
        return line(reply);
    }

    /** A guest's echo request. */
    public static Observed probe() {
        Observed probe = new Observed();
        probe.event = Observed.Event.PROBE;
        probe.epochNanos = 1_795_910_400_123_456_789L;
        probe.quoted = true;
        probe.protocol = Protocol.ICMP;
        probe.target = Packets.TARGET;
        probe.targetPort = 3;
        probe.guestKnown = true;
        probe.guest = Packets.GUEST;
        probe.guestPort = 7;
        probe.guestMac = Packets.GUEST_MAC;
        probe.hop = 5;
        return probe;
    }

    private static String line(Observed observed) {
        return Requests.json(json -> new ObservedJson(json).write(observed));
    }

    @Override
    public MappingPage mappings(int from) {
        MappingRow row = new MappingRow(
                Packets.GUEST,
                Packets.GUEST_MAC,
                Protocol.UDP,
                40000,
                Packets.TARGET,
                33434,
                Packets.HOST,
                50000,
                2,
                1_200_000_000L);
        return new MappingPage(List.of(row), from == 0 ? 512 : MappingPage.END);
    }

    @Override
    public EffectiveConfig config() {
        return new EffectiveConfig(
                Config.defaults(), Optional.of(Path.of("/etc/natexd/natexd.toml")), Map.of("queue.number", 3));
    }

    @Override
    public ReloadReport reload() {
        return new ReloadReport(List.of("probes.max-ttl: 60 -> 255"), List.of("queue.number: 5511 -> 1"));
    }

    @Override
    public Level logLevel() {
        return logLevel;
    }

    @Override
    public void logLevel(Level changed) {
        logLevel = changed;
    }

    @Override
    public void observe(@Nullable Observer by) {
        observer = by;
    }

    public @Nullable Observer observer() {
        return observer;
    }

    @Override
    public StatusReport status() {
        return status;
    }
}
