package io.github.natexd.cli.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.natexd.lab.Lab;
import io.github.natexd.lab.scenario.TapInject;
import io.github.natexd.lab.scenario.TunPing;
import io.github.natexd.testkit.LabNatexd;
import io.github.natexd.testkit.NamespaceLab;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** {@code natexctl lab tap-inject} and {@code tun-ping}, whole and with their decisive steps broken. */
class ScenarioCommandLabTest {
    private static final List<String> TAP_INJECT =
            List.of("blocked", "tun", "wrong-mac", "stale-checksum", "connected");
    private static final List<String> TUN_PING = List.of("path", "fake", "loop", "forwarded", "timed-out");
    private static final Pattern FIRST_COLUMN = Pattern.compile("(?m)^\\| `([a-zA-Z-]+)` \\|");
    private static final String NATEXCTL =
            LabNatexd.tree().resolve("bin/natexctl").toString();

    @TempDir
    private Path directory;

    private record Played(int exitCode, JsonObject document) {
        /** The names of the steps that went as expected, or did not. */
        List<String> steps(boolean asExpected) {
            List<String> names = new ArrayList<>();
            for (JsonElement each : document.getAsJsonArray("steps")) {
                JsonObject step = each.getAsJsonObject();
                if (step.get("asExpected").getAsBoolean() == asExpected) {
                    names.add(step.get("name").getAsString());
                }
            }
            return names;
        }
    }

    @Test
    void everyStepOfTapInjectIsAsExpected() {
        assertAllAsExpected(TAP_INJECT, play(new LabTapInject()));
    }

    @Test
    void everyStepOfTunPingIsAsExpected() {
        assertAllAsExpected(TUN_PING, play(new LabTunPing()));
    }

    @ParameterizedTest
    @EnumSource(
            value = TapInject.Fault.class,
            names = {"WRONG_MAC", "STALE_CHECKSUM"})
    void noConnectionComesUpIfTheInjectionIsBroken(TapInject.Fault fault) {
        Played played = play(new LabTapInject(new TapInject(fault)));

        assertOneFailed("connected", "no connection", played);
    }

    /** The reason that the step gives is the only one: without the check, the TUN device does as well. */
    @Test
    void theTunDeviceIsRefusedForNothingButItsRoute() {
        Played played = play(new LabTapInject(new TapInject(TapInject.Fault.LOOSE_SOURCE_CHECK)));

        assertOneFailed("tun", "a connection; packets refused by the reverse path filter: 0", played);
    }

    @Test
    void noPingIsForwardedIfTheSocketsAreNotBound() {
        Played played = play(new LabTunPing(new TunPing(TunPing.Fault.NO_BINDING)));

        assertOneFailed("forwarded", "0 of 50 pings answered", played);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tap-inject", "tun-ping"})
    void capturesOfEachInterfaceAreWrittenAndNeverOverwritten(String scenario) throws Exception {
        Path captures = directory.resolve("captures");
        Played played = play(command(scenario), "--pcap", captures.toString());

        assertEquals(0, played.exitCode(), () -> played.document().toString());
        List<String> named = new ArrayList<>();
        played.document().getAsJsonArray("captures").forEach(file -> named.add(file.getAsString()));
        try (Stream<Path> files = Files.list(captures)) {
            assertEquals(
                    named.stream().sorted().toList(),
                    files.map(Path::toString).sorted().toList());
        }
        String packets = scenario.equals("tap-inject")
                ? read("tap-inject-client-eth0.pcap", "udp port 7000") + read("tap-inject-server-tun0.pcap", "tcp")
                : read("tun-ping-target-eth0.pcap", "icmp") + read("tun-ping-host-tun0.pcap", "icmp");
        assertTrue(packets.lines().count() >= 5, packets);

        Path first = Path.of(named.get(0));
        byte[] before = Files.readAllBytes(first);
        CommandLine again = new CommandLine(command(scenario)).setErr(new PrintWriter(new StringWriter()));
        assertEquals(73, again.execute("--json", "--pcap", captures.toString()));
        assertEquals(before.length, Files.size(first));
    }

    private String read(String file, String filter) {
        String packets =
                NamespaceLab.run("tcpdump -nr %s/captures/%s '%s' 2>/dev/null".formatted(directory, file, filter));
        assertFalse(packets.isEmpty(), file);
        return packets;
    }

    @ParameterizedTest
    @ValueSource(strings = {"tap-inject", "tun-ping"})
    void aKeptNetworkGoesWithLabDown(String scenario) throws Exception {
        Process process = start(scenario, "--keep");
        List<String> lines = readUntil(process, "natexctl lab down");
        String name = lines.get(lines.size() - 1).replaceFirst(".*--name (\\S+)`.*", "$1");
        assertTrue(NamespaceLab.run("ip netns list").contains("natexd-lab-" + name), lines::toString);

        NamespaceLab.run(NATEXCTL + " lab down --name " + name);

        assertTrue(process.waitFor(10, TimeUnit.SECONDS), "the command goes on");
        assertNothingIsLeft(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tap-inject", "tun-ping"})
    void nothingIsLeftAfterCtrlC(String scenario) throws Exception {
        Process process = start(scenario);
        readUntil(process, "2. ");
        String name = Lab.names().stream()
                .filter(each -> each.startsWith(process.pid() + "-"))
                .findFirst()
                .orElseThrow();

        NamespaceLab.run("kill -INT " + process.pid());

        assertTrue(process.waitFor(10, TimeUnit.SECONDS), "the command goes on");
        assertNotEquals(0, process.exitValue());
        assertNothingIsLeft(name);
    }

    /** Whoever runs the tests may ignore SIGINT, as a shell's background jobs do. */
    private static Process start(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT", NATEXCTL, "lab"));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    private static List<String> readUntil(Process process, String mark) throws Exception {
        var output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        List<String> lines = new ArrayList<>();
        do {
            String line = output.readLine();
            assertTrue(line != null, () -> "ended early: " + lines);
            lines.add(line);
        } while (!lines.get(lines.size() - 1).contains(mark));
        return lines;
    }

    private static Object command(String scenario) {
        return scenario.equals("tap-inject") ? new LabTapInject() : new LabTunPing();
    }

    private static Played play(Object command, String... options) {
        StringWriter out = new StringWriter();
        List<String> arguments = new ArrayList<>(List.of(options));
        arguments.add("--json");
        int exitCode = new CommandLine(command).setOut(new PrintWriter(out)).execute(arguments.toArray(String[]::new));
        Played played =
                new Played(exitCode, JsonParser.parseString(out.toString()).getAsJsonObject());
        assertNothingIsLeft(played.document().get("lab").getAsString());
        return played;
    }

    private static void assertAllAsExpected(List<String> names, Played played) {
        assertEquals(names, played.steps(true), () -> played.document().toString());
        assertEquals(List.of(), played.steps(false));
        assertTrue(played.document().get("asExpected").getAsBoolean());
        assertEquals(0, played.exitCode());
        assertEquals(names, onPage(played.document().get("scenario").getAsString()));
        assertEquals(List.copyOf(played.document().keySet()), onPage("The JSON document, version 1"));
    }

    /** The first column of the tables in a section of the page. */
    private static List<String> onPage(String heading) {
        try {
            String page = Files.readString(Path.of("src/site/markdown/lab-scenarios.md"));
            String section = page.split("(?m)^## \\Q" + heading + "\\E$")[1].split("(?m)^## ")[0];
            return FIRST_COLUMN
                    .matcher(section)
                    .results()
                    .map(row -> row.group(1))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void assertOneFailed(String step, String seen, Played played) {
        assertEquals(List.of(step), played.steps(false), () -> played.document().toString());
        assertTrue(played.document().toString().contains("\"seen\":\"" + seen), () -> played.document()
                .toString());
        assertFalse(played.document().get("asExpected").getAsBoolean());
        assertEquals(1, played.exitCode());
    }

    private static void assertNothingIsLeft(String name) {
        assertFalse(Lab.exists(name), "something of the network is left");
        assertFalse(NamespaceLab.run("ip netns list").contains(name), "a namespace is left");
    }
}
