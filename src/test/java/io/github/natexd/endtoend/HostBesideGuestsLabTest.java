package io.github.natexd.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.natexd.lab.Lab;
import io.github.natexd.lab.LabOptions;
import io.github.natexd.lab.LabOptions.Send;
import io.github.natexd.lab.Node;
import io.github.natexd.lab.Topology;
import io.github.natexd.lab.Traceroute;
import io.github.natexd.testkit.LabNatexd;
import io.github.natexd.testkit.clients.Client;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The host's own traceroute, mtr and ping, as root and as nobody, to the target that two guests trace at the same time:
 * they show the same with natexd as without it.
 */
class HostBesideGuestsLabTest {
    private static final int ROUNDS = 8;
    private static final int PINGS = 10;
    private static final int MTR_CYCLES = 2;
    private static final List<Client> GUESTS_CLIENTS = List.of(Client.TRACEROUTE, Client.TRACEROUTE_ICMP);
    private static final Pattern MTR_HOP = Pattern.compile("(?m)^\\s*(\\d+)\\.\\|--\\s+(\\S+)\\s+(\\S+%)");
    private static final Pattern PING_ERROR = Pattern.compile("(?m)^From (\\S+) icmp_seq=(\\d+) Time to live exceeded");
    private static final Pattern PING_LOSS = Pattern.compile("(?m)^\\d+ packets transmitted, .*% packet loss");

    static Stream<LabOptions> nats() {
        LabOptions plain = LabOptions.defaults();
        return Stream.of(
                plain,
                plain.rewritingPorts().rewritingIds(),
                plain.sendingBy(Send.PACKET).rewritingPorts());
    }

    @ParameterizedTest
    @MethodSource("nats")
    @DisplayName("R16: the host's tools show the same hops and the same loss with natexd as without it")
    void theHostSeesTheSameWithNatexdAsWithout(LabOptions options) {
        AtomicBoolean enough = new AtomicBoolean();
        try (Lab lab = Lab.up(options)) {
            CompletableFuture<Void> guests =
                    CompletableFuture.allOf(traceUntil(enough, lab, Node.GUEST1), traceUntil(enough, lab, Node.GUEST2));
            List<String> without = observations(lab);
            assertFalse(without.toString().contains("*"), () -> "complete without natexd: " + without);

            List<String> with;
            String log;
            try (LabNatexd natexd = LabNatexd.start(lab)) {
                with = observations(lab);
                natexd.stop();
                log = natexd.log();
            } finally {
                enough.set(true);
                guests.join();
            }
            assertEquals(String.join("\n", without), String.join("\n", with), log);
        }
    }

    private static CompletableFuture<Void> traceUntil(AtomicBoolean enough, Lab lab, Node guest) {
        return CompletableFuture.runAsync(
                () -> {
                    while (!enough.get()) {
                        GUESTS_CLIENTS.forEach(client -> client.run(lab, guest));
                    }
                },
                task -> new Thread(task, "guest").start());
    }

    /** The output of the tools, which run at the same time for both users. */
    private static List<String> observations(Lab lab) {
        List<CompletableFuture<String>> shown = new ArrayList<>();
        for (boolean root : List.of(true, false)) {
            String who = root ? "root: " : "nobody: ";
            for (String method : List.of("", "-I")) {
                shown.add(run(() -> who + method + traces(lab, root, method)));
            }
            for (String method : List.of("", "-u")) {
                shown.add(run(() -> who + mtr(lab, root, method)));
            }
            shown.add(run(() -> who + ping(lab, root)));
        }
        return shown.stream().map(CompletableFuture::join).toList();
    }

    private static CompletableFuture<String> run(Supplier<String> tool) {
        return CompletableFuture.supplyAsync(tool, task -> new Thread(task, "host").start());
    }

    /** Waits a second for responses: without root, some echo requests may not leave, with natexd or without. */
    private static List<List<String>> traces(Lab lab, boolean root, String method) {
        return Stream.generate(() -> exec(lab, root, "traceroute -n -w1 " + method))
                .limit(ROUNDS)
                .map(Traceroute::hops)
                .toList();
    }

    private static List<String> mtr(Lab lab, boolean root, String method) {
        String output = exec(lab, root, "mtr -n --report -i1 -c" + MTR_CYCLES + " " + method);
        return MTR_HOP.matcher(output)
                .results()
                .map(hop -> hop.group(1) + " " + hop.group(2) + " " + hop.group(3))
                .toList();
    }

    /** All errors, so that lost and doubled ones are noticed, and the loss of probes that reach the target. */
    private static List<String> ping(Lab lab, boolean root) {
        String errors = exec(lab, root, "ping -n -i0.2 -t2 -c" + PINGS);
        String replies = exec(lab, root, "ping -n -i0.2 -c" + PINGS);
        return Stream.concat(
                        PING_ERROR.matcher(errors).results().map(error -> error.group(1) + " " + error.group(2)),
                        PING_LOSS.matcher(replies).results().map(loss -> loss.group()
                                .replaceAll(", time.*", "")))
                .toList();
    }

    private static String exec(Lab lab, boolean root, String command) {
        List<String> whole = new ArrayList<>(root ? List.of() : Lab.UNPRIVILEGED);
        whole.addAll(List.of(command.strip().split(" ")));
        whole.add(Topology.TARGET);
        return lab.exec(Node.HOST, whole).output();
    }
}
