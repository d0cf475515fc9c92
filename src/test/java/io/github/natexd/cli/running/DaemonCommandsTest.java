package io.github.natexd.cli.running;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.cli.Natexctl;
import io.github.natexd.config.Config;
import io.github.natexd.config.ConfigReader;
import io.github.natexd.control.Access;
import io.github.natexd.control.Caller;
import io.github.natexd.control.ControlScene;
import io.github.natexd.control.ControlServer;
import io.github.natexd.control.GivenCallers;
import io.github.natexd.report.Observed;
import io.github.natexd.report.Observer;
import io.github.natexd.report.Reason;
import io.github.natexd.wire.MplsLabels;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** natexctl's commands that query natexd, with a server whose responses the test chooses. */
class DaemonCommandsTest {
    private static final Caller ROOT = new Caller(0, List.of(0));
    private static final Caller STRANGER = new Caller(12345, List.of(12345));
    private static final char ESCAPE = '\u001b';
    private static final long PATIENCE_MILLIS = 10_000;

    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void statusOfAWorkingNatexdEndsWithZero() throws Exception {
        assertEquals(0, asked(ControlScene.working(), ROOT, "status"), err::toString);

        assertTrue(out.toString().startsWith("natexd 1.0 is working\n"), out.toString());
        assertTrue(out.toString().contains("since 2026-11-21T00:00:00Z (90 s), pid 4711"), out.toString());
        assertTrue(out.toString().contains("vmnet8, 192.168.44.1/24"), out.toString());
        assertTrue(out.toString().contains("5 s ago"), out.toString());
        assertTrue(out.toString().contains("  keepalive      " + ControlScene.KEEPALIVE + "\n"), out.toString());
    }

    @Test
    void whatIsNotKnownIsNeverPrintedAsNo() throws Exception {
        asked(ControlScene.working(), ROOT, "status");

        assertTrue(
                out.toString()
                        .contains("  NAT process    UDP: keeps ports, sometimes changes IP IDs; not known yet: TTL,"
                                + " whether its probes are seen leaving\n"
                                + "                 echo: nothing known yet\n"
                                + "                 natexd relays: time-exceeded (udp)\n"
                                + "                 natexd leaves to the NAT process: time-exceeded (icmp)\n"
                                + "  errors "),
                out.toString());
        assertFalse(out.toString().contains("✘"), out.toString());
    }

    @Test
    void statusOfADegradedNatexdEndsWithOneAndTellsWhyAndWhatToDo() throws Exception {
        assertEquals(1, asked(ControlScene.degraded(), ROOT, "status"));

        assertTrue(out.toString().startsWith("natexd 1.0 is degraded\n"), out.toString());
        assertFalse(out.toString().contains("keepalive"), "neither configured nor running");
        assertTrue(
                out.toString().contains("  ✘ the packet filter rules are not loaded: nft: no permission\n    fix: "));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "status",
                "mappings",
                "watch",
                "metrics",
                "log-level debug",
                "reload",
                "wait --timeout=0",
                "show-config --running"
            })
    void withoutNatexdEachEndsWithTwo(String command) {
        assertEquals(2, execute(command + " --socket=" + directory.resolve("none.sock")));

        assertTrue(err.toString().startsWith("natexctl: natexd is not running: there is no "), err.toString());
        assertTrue(err.toString().contains("\n  fix: start it: "), err.toString());
        assertEquals("", out.toString().replaceAll("(?s)\\{.*|GUEST.*", ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"status", "mappings", "watch", "metrics", "reload", "wait", "show-config --running"})
    void aStrangerIsRefusedWith77AndTheRemedy(String command) throws Exception {
        assertEquals(77, asked(ControlScene.working(), STRANGER, command));

        assertTrue(err.toString().contains("user 12345 is neither root nor in group natexd"), err.toString());
        assertTrue(err.toString().contains("fix: use sudo, or join the group"), err.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "status --json --plain",
                "mappings 3",
                "log-level loud",
                "wait --timeout=soon",
                "show-config --running --config=x"
            })
    void aWrongCommandLineEndsWith64(String command) {
        assertEquals(64, execute(command));
    }

    @Test
    void jsonIsTheVeryAnswer() throws Exception {
        asked(ControlScene.working(), ROOT, "status --json");

        assertEquals(ControlScene.working().ask("status"), out.toString());
    }

    @Test
    void plainRowsHaveThePathOfTheField() throws Exception {
        assertEquals(1, asked(ControlScene.degraded(), ROOT, "status --plain"));

        List<String> rows = out.toString().lines().toList();
        assertTrue(rows.contains("guestNetwork.interface\tvmnet8"), rows.toString());
        assertTrue(rows.contains("guestNetwork.address\t"), "empty for null: " + rows);
        assertTrue(rows.contains("nat.udp.portsKept.yes\t12"), rows.toString());
        assertTrue(rows.stream().anyMatch(row -> row.startsWith("problems.1.fix\t")), rows.toString());
    }

    @Test
    void coloursAreForTerminalsAlone() throws Exception {
        asked(ControlScene.working(), ROOT, "status");
        assertFalse(out.toString().indexOf(ESCAPE) >= 0, "a test is no terminal");

        StringWriter coloured = new StringWriter();
        try (ControlServer server = serve(ControlScene.working(), ROOT)) {
            commandLine()
                    .setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.ON))
                    .setOut(new PrintWriter(coloured, true))
                    .execute("status", "--socket=" + socket());
        }
        assertTrue(coloured.toString().indexOf(ESCAPE) >= 0, coloured.toString());
    }

    @Test
    void mappingsOfAllPagesAreOneDocumentOrOneTable() throws Exception {
        assertEquals(0, asked(ControlScene.working(), ROOT, "mappings --plain"));
        String row = "192.168.44.100\t00:0c:29:aa:bb:01\tudp\t40000\t192.0.2.80\t33434\t203.0.113.7\t50000\t2\t1200\n";
        assertEquals(row + row, out.toString(), "a page each");
        out.getBuffer().setLength(0);

        asked(ControlScene.working(), ROOT, "mappings --json");
        assertTrue(out.toString().matches("\\{\"version\":1,\"mappings\":\\[\\{[^{]*},\\{[^{]*}]}\n"), out.toString());
    }

    @Test
    void waitEndsAtOnceWhenItWorksAndWithOneWhenItNeverDoes() throws Exception {
        assertEquals(0, asked(ControlScene.working(), ROOT, "wait"));
        assertEquals(1, asked(ControlScene.degraded(), ROOT, "wait --timeout=0"));
        assertTrue(
                err.toString().contains("natexd is degraded: the guest network vmnet8 is missing or down"),
                err.toString());
    }

    @Test
    void metricsAreTextForPrometheus() throws Exception {
        assertEquals(0, asked(ControlScene.working(), ROOT, "metrics"));
        assertTrue(out.toString().startsWith("# HELP natexd_build_info "), out.toString());
    }

    @Test
    void theLogLevelIsShownAndChanged() throws Exception {
        ControlScene scene = ControlScene.working();

        assertEquals(0, asked(scene, ROOT, "log-level"));
        assertEquals(0, asked(scene, ROOT, "log-level WARN"));
        assertEquals(0, asked(scene, ROOT, "log-level --json"));

        assertEquals("info\nwarn\n{\"version\":1,\"level\":\"warn\"}\n", out.toString());
    }

    @Test
    void theShownConfigurationIsAValidOne() throws Exception {
        assertEquals(0, asked(ControlScene.working(), ROOT, "show-config --running"));

        assertTrue(out.toString().startsWith("# From /etc/natexd/natexd.toml.\n"), out.toString());
        assertTrue(out.toString().matches("(?s).*\nnumber = 5511 +# line 3\n.*"), out.toString());
        Path shown = Files.writeString(directory.resolve("shown.toml"), out.toString());
        assertEquals(Config.defaults(), ConfigReader.read(shown));
    }

    @Test
    void aMistakeInTheFileEndsWith78() throws Exception {
        Path file = Files.writeString(directory.resolve("natexd.toml"), "[queue]\nnumbr = 1\n");

        assertEquals(78, execute("show-config --config=" + file));
        assertTrue(err.toString().contains(":2:1: unknown key numbr"), err.toString());
    }

    @Test
    void reloadTellsWhatChangedAndWhatWaits() throws Exception {
        assertEquals(0, asked(ControlScene.working(), ROOT, "reload"));
        assertEquals(
                "reloaded\n  probes.max-ttl: 60 -> 255\n  queue.number: 5511 -> 1 (needs a restart)\n",
                out.toString().replace(System.lineSeparator(), "\n"));
    }

    @Test
    void watchShowsErrorsUntilEnoughWereShown() throws Exception {
        ControlScene scene = ControlScene.working();
        try (ControlServer server = serve(scene, ROOT)) {
            CompletableFuture<Integer> code =
                    CompletableFuture.supplyAsync(() -> execute("watch --count=1 --socket=" + socket()));
            long end = System.currentTimeMillis() + PATIENCE_MILLIS;
            while (scene.observer() == null && System.currentTimeMillis() < end) {
                Thread.sleep(10);
            }
            Observer observer = scene.observer();
            Observed observed = ControlScene.decided(Reason.COPIED_LATE);
            observed.reported = true;
            observed.reporter = 0x0a000001;
            observed.type = 11;
            observed.labels = new MplsLabels();
            observed.labels.add(24001 << 12);
            observed.labels.add(16 << 12);
            observed.quoted = true;
            observed.protocol = 17;
            observed.target = 0x0a000002;
            observed.targetPort = 4;
            observed.guestKnown = true;
            observed.guest = 0xc0a82c64;
            observed.guestPort = 2;
            observed.hop = 7;
            observed.roundTripNanos = 1_230_000;
            observer.seen(ControlScene.probe()); // neither this nor the next is shown
            observer.seen(ControlScene.decided(Reason.NO_MAPPING));
            observer.seen(observed);

            assertEquals(0, code.get());
        }
        assertTrue(
                out.toString()
                        .matches(
                                "(?s)TIME .*[0-9-]{10} [0-9:.]{12}  192.168.44.100   10.0.0.2         udp 2 4           "
                                        + "  7  10.0.0.1            1.23 ms"
                                        + "  time-exceeded, copied \\(guest's probe seen late\\), MPLS 24001 16\n"),
                out.toString());
    }

    private int asked(ControlScene scene, Caller caller, String command) throws Exception {
        try (ControlServer server = serve(scene, caller)) {
            return execute(command + " --socket=" + socket());
        }
    }

    private ControlServer serve(ControlScene scene, Caller caller) throws Exception {
        Access access = new Access(1, "natexd", OptionalInt.empty());
        ControlServer server = ControlServer.listen(socket(), access, new GivenCallers(() -> caller));
        server.serve(scene, Optional.empty());
        return server;
    }

    private Path socket() {
        return directory.resolve("control.sock");
    }

    private int execute(String command) {
        return commandLine().execute(command.split(" "));
    }

    private CommandLine commandLine() {
        return Natexctl.commandLine().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    }
}
