package io.github.natexd.heart;

import io.github.natexd.heart.Outcome.Delivered;
import io.github.natexd.mapping.Mapper;
import io.github.natexd.ports.Surroundings;
import io.github.natexd.relay.Relay;
import io.github.natexd.report.NatProfile;
import io.github.natexd.report.Reason;
import io.github.natexd.testkit.Macs;
import io.github.natexd.testkit.Packets;
import io.github.natexd.testkit.Selected;
import io.github.natexd.translate.Translator;
import io.github.natexd.wire.Ipv4Address;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Runs schedules through the relay and through {@link HeartModel}, and compares their decisions. Each thread has one
 * fuzz.
 *
 * <p>As a program: {@code HeartFuzz [AMOUNT [SEED]]}; the amount is a number of schedules or, with "s", of seconds.
 */
final class HeartFuzz {
    private static final long MILLI = 1_000_000;
    private static final long BEGIN = 1_000_000 * MILLI;
    private static final long LONG_AGO = 60_000 * MILLI;
    private static final int MOST_PLAYED = 1000;
    private static final int CAPACITY = 256;
    private static final int MOST_WAITING = 40;
    private static final int HOST_ON_GUEST_NETWORK = Ipv4Address.parse("192.168.44.1");
    private static final Surroundings SURROUNDINGS =
            new Surroundings(new int[] {Packets.HOST, HOST_ON_GUEST_NETWORK}, HOST_ON_GUEST_NETWORK, 24, Macs.HOST);
    private static final Path FOLDER = Path.of("target", "heart");
    private static final int DAMAGED = 1;
    private static final int USAGE = 2;

    private final HeartPorts ports = new HeartPorts();
    private final Map<Integer, Reason> reasons = new LinkedHashMap<>();
    private final List<Step.Leaves> left = new ArrayList<>();
    private final List<Step.Guest> seen = new ArrayList<>();
    private final List<Step.Errors> queued = new ArrayList<>();
    private final List<Sent> quotes = new ArrayList<>();
    private final List<Sent> everSeen = new ArrayList<>();
    private final Map<Long, Stage> stages = new HashMap<>();
    private long now = BEGIN;
    private long errors;

    /**
     * The program and its model, reused for many schedules, because creating a relay takes longer than running a
     * schedule.
     */
    private final class Stage {
        final Mapper mapper;
        final Relay relay;
        final HeartModel model;
        private int played;
        private long lost;

        Stage(long lifetime) {
            mapper = new Mapper(CAPACITY, lifetime, now - LONG_AGO);
            Translator translator = new Translator(Selected.BY_DEFAULT, mapper, SURROUNDINGS);
            relay = new Relay(new Relay.Ports(ports.queue, ports.log, () -> true, () -> now), mapper, translator);
            relay.link(ports.link);
            relay.observe(observed -> reasons.put(HeartPorts.number(observed.reporter), observed.reason));
            model = new HeartModel(lifetime, now - LONG_AGO);
        }

        /** Forgets all sightings and the profile; the NAT process's user is root again. */
        void reset(Schedule schedule) {
            now += 2 * LONG_AGO;
            sweep();
            ports.clear();
            ports.log.lost(lost);
            if (model.forget()) {
                showRoot();
            }
            mapper.forgetProfile();
            clearTurn();
            ports.clear();
            relay.reinject(schedule.byVerdict() ? Relay.Reinject.VERDICT : Relay.Reinject.FRAME);
            model.byVerdict(schedule.byVerdict());
            now += 2 * LONG_AGO - schedule.startedAgo();
            mapper.egressUnseen(now);
            model.rulesChange(now);
            now += schedule.startedAgo();
            played++;
        }

        /** Makes room. What has expired is unknown whether or not it was removed, so no schedule does this. */
        void sweep() {
            for (int i = 0; i < CAPACITY && !mapper.expire(now); i++) {
                continue;
            }
        }

        private void showRoot() {
            Sent sent = new Sent(Sent.UDP, Packets.GUEST, Packets.TARGET, 50000, 50000, 1, 1, 0, 8, false);
            ports.log.leave(sent.from(Packets.HOST, 50000), 0);
            ports.link.arrive(new Step.Guest(sent, Packets.GUEST_MAC, Packets.GATEWAY_MAC));
            relay.turn();
        }
    }

    private Stage stage(long lifetime) {
        Stage stage = stages.get(lifetime);
        if (stage == null || stage.played >= MOST_PLAYED) {
            stage = new Stage(lifetime);
            stages.put(lifetime, stage);
        }
        return stage;
    }

    /** The difference, or null. */
    @Nullable
    String run(Schedule schedule) {
        Stage stage = stage(schedule.lifetime());
        stage.reset(schedule);
        String difference = run(schedule, stage);
        if (difference != null) {
            stages.clear();
        }
        return difference;
    }

    private @Nullable String run(Schedule schedule, Stage stage) {
        Relay relay = stage.relay;
        HeartModel model = stage.model;
        quotes.clear();
        everSeen.clear();
        boolean lost = false;
        int settled = 0;
        List<Step> steps = new ArrayList<>(schedule.steps());
        steps.addAll(List.of(new Step.Pass(15 * MILLI), new Step.Turn(), new Step.Pass(15 * MILLI), new Step.Turn()));
        for (Step step : steps) {
            boolean turns = step instanceof Step.Turn;
            if (step instanceof Step.Pass pass) {
                now += pass.nanos();
            } else if (step instanceof Step.Guest guest) {
                ports.link.arrive(guest);
                seen.add(guest);
                everSeen.add(guest.probe());
            } else if (step instanceof Step.Leaves leaves) {
                ports.log.leave(leaves.probe(), leaves.uid());
                left.add(leaves);
            } else if (step instanceof Step.Errors error) {
                for (int i = 0; i < error.times(); i++) {
                    ports.queue.enqueue(error.quoted(), error.octets());
                    quotes.add(error.quoted());
                }
                queued.add(error);
                turns = error.times() > 1;
            } else if (step instanceof Step.Lost) {
                ports.log.lost(++stage.lost);
                lost = true;
            } else if (step instanceof Step.RulesChange) {
                stage.mapper.egressUnseen(now);
                model.rulesChange(now);
            }
            if (turns || seen.size() + left.size() + queued.size() > MOST_WAITING) {
                relay.turn();
                Map<Integer, Outcome> expected = model.turn(now, lost, left, seen, queued);
                settled += expected.size();
                String difference = compare(expected, stage.mapper.profile(), model);
                if (difference != null) {
                    return difference;
                }
                lost = false;
                clearTurn();
                ports.turnEnded();
            }
        }
        errors += settled;
        return settled == quotes.size() ? null : "the model has not settled all errors";
    }

    private void clearTurn() {
        left.clear();
        seen.clear();
        queued.clear();
        reasons.clear();
    }

    private @Nullable String compare(Map<Integer, Outcome> expected, NatProfile profile, HeartModel model) {
        String trouble = ports.checkTurn();
        if (!trouble.isEmpty()) {
            return trouble;
        }
        if (!List.copyOf(reasons.keySet()).equals(List.copyOf(expected.keySet()))) {
            return "settled are errors " + reasons + ", by the page " + expected;
        }
        for (Map.Entry<Integer, Outcome> each : expected.entrySet()) {
            int number = each.getKey();
            Delivered delivered = ports.delivered(number);
            boolean taken = ports.taken(number);
            Reason reason = Objects.requireNonNull(reasons.get(number));
            Outcome page = each.getValue();
            if (reason != page.reason() || taken != page.taken() || !Objects.equals(delivered, page.delivered())) {
                return "error " + number + ": by the page " + page + "; got " + new Outcome(reason, taken, delivered);
            }
            if (delivered != null && !sentOfClass(delivered.guest(), quotes.get(number))) {
                return "error " + number + ": a guest gets it that sent nothing of its class";
            }
        }
        String traits = compare("udp", profile.udp(), model.traits(Sent.UDP));
        return traits != null ? traits : compare("echo", profile.echo(), model.traits(Sent.ECHO));
    }

    private boolean sentOfClass(int guest, Sent quoted) {
        for (Sent each : everSeen) {
            if (each.source() == guest && each.sameClass(quoted)) {
                return true;
            }
        }
        return false;
    }

    private static @Nullable String compare(String protocol, NatProfile.Traits got, ModelProfile.Traits page) {
        if (got.portKept().known() == page.portKept.known()
                && got.identificationKept().known() == page.idKept.known()
                && got.ttlKept().known() == page.ttlKept.known()
                && got.seenLeaving().known() == page.seenLeaving.known()) {
            return null;
        }
        return "the profile of %s: by the page port kept %s, ID kept %s, TTL kept %s, seen leaving %s; got %s"
                .formatted(
                        protocol,
                        page.portKept.known(),
                        page.idKept.known(),
                        page.ttlKept.known(),
                        page.seenLeaving.known(),
                        got);
    }

    // ---- what differs ----

    @Nullable
    String tried(Schedule schedule) {
        try {
            return run(schedule);
        } catch (RuntimeException | AssertionError e) {
            stages.clear();
            return "failed: " + e;
        }
    }

    /** Shrinks a schedule to as few steps as still show a difference. */
    Schedule shrunk(Schedule schedule) {
        stages.clear();
        Schedule best = schedule;
        boolean better = true;
        while (better) {
            better = false;
            for (int width = Math.max(1, best.steps().size() / 2); width >= 1; width /= 2) {
                for (int from = best.steps().size() - width; from >= 0; from--) {
                    List<Step> fewer = new ArrayList<>(best.steps());
                    fewer.subList(from, Math.min(from + width, fewer.size())).clear();
                    Schedule candidate = best.with(fewer);
                    if (tried(candidate) != null) {
                        best = candidate;
                        better = true;
                        from = Math.min(from, best.steps().size() - width + 1);
                    }
                }
            }
        }
        return best;
    }

    /** Describes the shrunk schedule and the difference; also writes the schedule as a capture file. */
    String explained(long seed) {
        Schedule least = shrunk(Schedule.of(seed));
        Path file = FOLDER.resolve("difference-" + seed + ".pcap");
        try {
            Files.createDirectories(FOLDER);
            Files.write(file, ScheduleCapture.of(least));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return "seed %d: %s%n%s%nwritten to %s".formatted(seed, tried(least), least, file);
    }

    // ---- by the million ----

    /** The state that all threads share. */
    private static final class Race {
        final long seed;
        final long schedules;
        final long endNanos;
        final AtomicLong next = new AtomicLong();
        final AtomicLong errors = new AtomicLong();
        final AtomicReference<String> difference = new AtomicReference<>("");

        Race(long seed, long schedules, long seconds) {
            this.seed = seed;
            this.schedules = schedules;
            endNanos = System.nanoTime() + seconds * 1000 * MILLI;
        }

        void run() {
            int share = 1000;
            HeartFuzz fuzz = new HeartFuzz();
            while (difference.get().isEmpty() && System.nanoTime() < endNanos) {
                long from = next.getAndAdd(share);
                if (from >= schedules) {
                    next.addAndGet(-share);
                    return;
                }
                fuzz.errors = 0;
                for (long i = from; i < Math.min(from + share, schedules); i++) {
                    if (fuzz.tried(Schedule.of(seed + i)) != null) {
                        difference.compareAndSet("", fuzz.explained(seed + i));
                        return;
                    }
                }
                errors.addAndGet(fuzz.errors);
            }
        }

        long done() {
            return Math.min(next.get(), schedules);
        }
    }

    public static void main(String[] arguments) throws InterruptedException {
        String amount = arguments.length > 0 ? arguments[0] : "1000000";
        if (!amount.matches("[0-9]{1,15}s?") || arguments.length > 1 && !arguments[1].matches("-?[0-9]{1,18}")) {
            System.err.println(
                    "write a number of schedules or a time like 60s, then, if you like, a seed (a number), not: "
                            + Arrays.toString(arguments));
            System.exit(USAGE);
        }
        boolean timed = amount.endsWith("s");
        long number = Long.parseLong(timed ? amount.substring(0, amount.length() - 1) : amount);
        long seed = arguments.length > 1 ? Long.parseLong(arguments[1]) : System.currentTimeMillis() * 1_000_000;
        long week = 7 * 24 * 3600;
        Race race = new Race(seed, timed ? Long.MAX_VALUE / 2 : number, timed ? number : week);
        System.out.println("seeds from " + seed);
        long begun = System.nanoTime();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < Math.min(2, Runtime.getRuntime().availableProcessors()); i++) {
            Thread thread = new Thread(race::run, "fuzz-" + i);
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join(10_000);
            while (thread.isAlive()) {
                report(race, begun);
                thread.join(10_000);
            }
        }
        if (!race.difference.get().isEmpty()) {
            System.out.println(race.difference.get());
            System.out.println("fuzz heart: a difference");
            System.exit(DAMAGED);
        }
        report(race, begun);
        System.out.println("fuzz heart: no difference");
    }

    private static void report(Race race, long begun) {
        double seconds = (System.nanoTime() - begun) / 1e9;
        System.out.printf(
                "%.0f s: %d schedules, %d errors, %.0f schedules a second%n",
                seconds, race.done(), race.errors.get(), race.done() / seconds);
    }
}
