package io.github.natexd.nftables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * natexd-rules with the real nft, iptables-nft and kernel, in a network namespace of its own for each test. Which of
 * the two ways to queue packets is taken depends on the kernel; what must hold, holds for both. Needs root.
 */
class RulesLabTest {
    private static final int OK = 0;
    private static final int FAILED = 1;
    private static final int USAGE = 2;
    private static final int UNAVAILABLE = 69;
    private static final int NO_PERMISSION = 77;
    private static final String SCRIPT = Path.of(
                    System.getProperty("natexd.tree", "target/natexd"), "libexec", "natexd-rules")
            .toAbsolutePath()
            .toString();
    private static final List<String> UNPRIVILEGED =
            List.of("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups");

    private final String namespace = "nxrules" + ProcessHandle.current().pid();

    @TempDir
    private Path directory;

    @BeforeEach
    void addNamespace() throws Exception {
        mustRun("ip", "netns", "add", namespace);
    }

    @AfterEach
    void deleteNamespace() throws Exception {
        mustRun("ip", "netns", "delete", namespace);
    }

    @Test
    void installsTwiceAndIsCompleteBothTimes() throws Exception {
        Result first = rules("install", "--interface", "vmnet8");
        Result second = rules("install", "--interface", "vmnet8");

        assertEquals(OK, first.code(), first.text());
        assertEquals(OK, second.code(), second.text());
        assertTrue(first.text().startsWith("natexd-rules: installed table ip natexd"), first.text());
        assertTrue(second.text().startsWith("natexd-rules: replaced table ip natexd"), second.text());
        assertEquals(1, first.text().lines().count());
        assertEquals(OK, rules("status").code());
        assertEquals(OK, rules("status", "--interface", "vmnet8").code());
        assertEquals(4, count("counter packets \\d+ bytes \\d+ (queue|log)"), this::ruleset);
    }

    @Test
    @DisplayName("R44: all that was installed is removed")
    void removesAllThatItInstalled() throws Exception {
        rules("install", "--interface", "vmnet8");
        rules("install", "--interface", "vmnet8", "--reinject", "verdict");

        Result removed = rules("remove");

        assertEquals(OK, removed.code(), removed.text());
        assertTrue(removed.text().startsWith("natexd-rules: removed table ip natexd"), removed.text());
        assertEquals("", ruleset());
        assertEquals("natexd-rules: nothing to remove", rules("remove").text());
    }

    @Test
    @DisplayName("R44: foreign rules are left as they were")
    void leavesForeignRulesAsTheyWere() throws Exception {
        nft("""
                table inet other {
                    set blocked { type ipv4_addr; elements = { 192.0.2.1 }; }
                    chain input { type filter hook input priority mangle; ip saddr @blocked drop; }
                }
                table ip mangle {
                    chain mine { ip saddr 192.0.2.2 accept; }
                }
                """);
        inNamespace("iptables-nft", "-t", "mangle", "-A", "INPUT", "-s", "192.0.2.3", "-j", "ACCEPT");
        inNamespace("iptables-nft", "-t", "mangle", "-A", "FORWARD", "-s", "192.0.2.4", "-j", "ACCEPT");
        String before = ruleset();

        assertEquals(OK, rules("install", "--interface", "vmnet8").code());
        assertEquals(
                OK,
                rules("install", "--interface", "vmnet8", "--reinject", "verdict")
                        .code());
        assertEquals(OK, rules("status").code());
        assertEquals(OK, rules("remove").code());

        // The same tool, the same kernel, moments apart: here texts may be compared.
        assertEquals(before, ruleset());
    }

    @Test
    @DisplayName("R44: the mangle table that natexd made stays once others use it")
    void keepsTheMangleTableItMadeOnceOthersUseIt() throws Exception {
        rules("install", "--interface", "vmnet8");
        inNamespace("iptables-nft", "-t", "mangle", "-A", "INPUT", "-s", "192.0.2.3", "-j", "ACCEPT");

        assertEquals(OK, rules("remove").code());

        assertEquals(1, count("ip saddr 192\\.0\\.2\\.3"), this::ruleset);
        assertEquals(0, count("NATEXD|natexd"), this::ruleset);
    }

    @Test
    @DisplayName("R44: an empty mangle table that natexd did not make stays")
    void keepsAnEmptyMangleTableThatItDidNotMake() throws Exception {
        nft("table ip mangle {\n}\n");

        rules("install", "--interface", "vmnet8");
        rules("install", "--interface", "vmnet8");
        rules("remove");

        assertEquals("table ip mangle {\n}", ruleset());
    }

    @Test
    void statusTellsWhatIsAbsentOrIncomplete() throws Exception {
        assertEquals(FAILED, rules("status").code());
        rules("install", "--interface", "vmnet8");
        assertEquals(OK, rules("status").code());
        assertEquals(
                FAILED, rules("status", "--interface", "vmnet8", "--queue", "7").code(), "other parameters");

        inNamespace("nft", "flush", "chain", "ip", "natexd", "probes");
        assertEquals(FAILED, rules("status").code(), "no log rules");

        rules("install", "--interface", "vmnet8");
        nft(ruleset().contains("NATEXD_QUEUE") ? "flush chain ip mangle INPUT" : "flush chain ip natexd errors");
        Result withoutQueueRule = rules("status");
        assertEquals(FAILED, withoutQueueRule.code(), "no queue rule");
        assertTrue(withoutQueueRule.text().contains("run " + SCRIPT + " install"), withoutQueueRule.text());

        rules("install", "--interface", "vmnet8");
        assertEquals(OK, rules("status").code());
        inNamespace("nft", "flush", "ruleset");
        Result flushed = rules("status");
        assertEquals(FAILED, flushed.code());
        assertEquals("natexd-rules: absent: no rules of natexd are loaded", flushed.text());
    }

    @Test
    void statusHasNoEffect() throws Exception {
        rules("status");
        rules("status", "--interface", "vmnet8");
        rules("remove");

        assertEquals("", ruleset());
    }

    @Test
    @DisplayName("defect 6: without the rule that passes loopback errors by, the fallback is not complete")
    void isNotCompleteWithoutTheRuleThatPassesLoopbackBy() throws Exception {
        rules("install", "--interface", "vmnet8");
        assumeTrue(ruleset().contains("NATEXD_QUEUE"), "this kernel has nft's own queue statement");

        inNamespace("iptables-nft", "-t", "mangle", "-D", "NATEXD_QUEUE", "-i", "lo", "-j", "RETURN");

        assertEquals(FAILED, rules("status").code());
    }

    @ParameterizedTest
    @ValueSource(strings = {"frame", "verdict"})
    @DisplayName("defect 6: loopback errors are not queued (0 of 100)")
    void doesNotQueueErrorsOverLoopback(String reinject) throws Exception {
        inNamespace("ip", "link", "set", "lo", "up");
        inNamespace("sh", "-c", "echo 0 > /proc/sys/net/ipv4/icmp_ratemask");
        rules("install", "--interface", "vmnet8", "--reinject", reinject);

        // Each datagram meets a closed port: one error over lo.
        String refused = mustRun("ip", "netns", "exec", namespace, "bash", "-c", """
                n=0
                for i in $(seq 100); do
                    exec 3<>/dev/udp/127.0.0.1/9
                    echo >&3
                    read -r -t 1 -u 3 answer 2>/dev/null || n=$((n + 1))
                    exec 3>&-
                done
                awk '/^IcmpMsg: / && !head { for (i = 2; i <= NF; i++) name[i] = $i; head = 1; next }
                     /^IcmpMsg: / { for (i = 2; i <= NF; i++) if (name[i] == "InType3") print $i }' /proc/net/snmp
                """);

        assertTrue(Integer.parseInt(refused.strip()) >= 100, refused);
        assertEquals(2, count("counter packets 0 bytes 0 queue"), this::ruleset);
    }

    @Test
    void queuesInPreroutingForVerdict() throws Exception {
        rules("install", "--interface", "vmnet8", "--reinject", "verdict");

        assertEquals(1, count("hook prerouting priority mangle"), this::ruleset);
        assertEquals(0, count("hook input"), this::ruleset);
        assertEquals(OK, rules("status").code());
    }

    @Test
    @DisplayName("R1: each selected type of errors has one queue rule")
    void hasOneQueueRuleForEachType() throws Exception {
        Result installed = rules(
                "install",
                "--interface=vmnet8",
                "--types=time-exceeded,destination-unreachable,reassembly-time-exceeded,parameter-problem",
                "--queue=7",
                "--log-group=9",
                "--max-ttl=30");

        assertEquals(OK, installed.code(), installed.text());
        assertEquals(4, count("queue .*\\b7\\b"), this::ruleset);
        assertEquals(2, count("ip ttl <= 30 .*log group 9 snaplen 68 queue-threshold 1"), this::ruleset);
        assertEquals(OK, rules("status").code());
    }

    @Test
    @DisplayName("R47: the rules need one capability, and no root")
    void worksUnprivilegedWithTheOneCapability() throws Exception {
        List<String> user = new ArrayList<>(UNPRIVILEGED);
        user.addAll(List.of("--inh-caps", "+net_admin", "--ambient-caps", "+net_admin"));

        Result installed = as(user, "install", "--interface", "vmnet8");
        Result status = as(user, "status");
        Result removed = as(user, "remove");

        assertEquals(OK, installed.code(), installed.text());
        assertEquals(OK, status.code(), status.text());
        assertEquals(OK, removed.code(), removed.text());
        assertEquals("", ruleset());
    }

    @Test
    void saysThatThePermissionIsMissing() throws Exception {
        Result refused = as(UNPRIVILEGED, "install", "--interface", "vmnet8");

        assertEquals(NO_PERMISSION, refused.code());
        assertTrue(refused.text().contains("run it as root or with CAP_NET_ADMIN"), refused.text());
    }

    @Test
    void saysThatNftIsMissing() throws Exception {
        Result refused = withTools(List.of(), "install", "--interface", "vmnet8");

        assertEquals(UNAVAILABLE, refused.code(), refused.text());
        assertTrue(refused.text().contains("apt-get install nftables"), refused.text());
    }

    @Test
    void saysThatNeitherWayWorksAndLeavesNothing() throws Exception {
        // An nft that refuses the queue statement, as on a kernel without it, and no iptables.
        Path nft = directory.resolve("nft");
        Files.writeString(nft, """
                #!/bin/sh
                [ "$1" = -f ] || exec /usr/sbin/nft "$@"
                rules=$(cat)
                case $rules in *'queue flags bypass'*) echo 'Error: No such file or directory' >&2; exit 1 ;; esac
                echo "$rules" | exec /usr/sbin/nft -f -
                """);

        Result refused = withTools(List.of(nft), "install", "--interface", "vmnet8");

        assertEquals(UNAVAILABLE, refused.code(), refused.text());
        assertTrue(refused.text().contains("apt-get install iptables"), refused.text());
        assertTrue(refused.text().contains("CONFIG_NFT_QUEUE"), refused.text());
        assertEquals("", ruleset());
    }

    @Test
    void takesTheNativeWayWhereItWorksAndClearsTheFallbackAway() throws Exception {
        // A stand-in for a kernel with the queue statement, which loads another one in its place.
        Path nft = directory.resolve("nft");
        Files.writeString(nft, """
                #!/bin/sh
                [ "$1" = -f ] || exec /usr/sbin/nft "$@"
                sed 's/queue flags bypass to [0-9]*/accept/' | exec /usr/sbin/nft -f -
                """);
        rules("install", "--interface", "vmnet8");

        Result installed = withTools(List.of(nft), "install", "--interface", "vmnet8");

        assertEquals(OK, installed.code(), installed.text());
        assertTrue(installed.text().contains("replaced table ip natexd, with nft's own queue statement"));
        assertEquals(0, count("NATEXD_QUEUE|table ip mangle"), this::ruleset);
        assertEquals(2, count("iifname != \"lo\" iifname != \"vmnet8\" icmp type .* accept comment"), this::ruleset);
        Result status = rules("status");
        assertEquals(OK, status.code(), status.text());
        assertTrue(status.text().contains("with nft's own queue statement"), status.text());
        assertEquals(OK, rules("remove").code());
        assertEquals("", ruleset());
    }

    @Test
    void refusesWhatIsNoCommand() throws Exception {
        assertEquals(USAGE, rules().code());
        assertEquals(USAGE, rules("restart").code());
        assertEquals(USAGE, rules("install", "--queue", "65536").code());
        assertEquals(USAGE, rules("install", "--queue").code());
        assertEquals(USAGE, rules("install", "--interface", "x\" accept").code());
        assertEquals(USAGE, rules("install", "--types", "echo-reply").code());
        assertEquals(USAGE, rules("install", "--colour", "red").code());
        assertEquals(OK, rules("--help").code());
        assertEquals("", ruleset());
    }

    @Test
    void printsWhatNftAcceptsAndLoadsNothing() throws Exception {
        Result printed = as(UNPRIVILEGED, "print", "--interface", "vmnet8");

        assertEquals(OK, printed.code());
        assertTrue(printed.text().contains("queue flags bypass to 5511"), printed.text());
        assertEquals("", ruleset());
        // A kernel may refuse the queue statement, but nft must be able to read it.
        Result checked = run(printed.text() + "\n", List.of("ip", "netns", "exec", namespace, "nft", "-c", "-f", "-"));
        assertFalse(checked.text().contains("syntax error"), checked.text());
        // Without the chain that some kernels cannot have, the text is a complete input of nft.
        nft(printed.text().replaceAll("(?s)    chain errors \\{.*?\\n    \\}\\n", "") + "\n");
        assertEquals(2, count("log group 5511"), this::ruleset);
    }

    private record Result(int code, String text) {}

    private Result rules(String... arguments) throws Exception {
        return as(List.of(), arguments);
    }

    private Result as(List<String> user, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
        command.addAll(user);
        // The shell is named, so that no directory above the checkout need be open to another user but for reading.
        command.addAll(user.isEmpty() ? List.of(SCRIPT) : List.of("sh", "-s", "--"));
        command.addAll(List.of(arguments));
        return user.isEmpty() ? run("", command) : run(Files.readString(Path.of(SCRIPT)), command);
    }

    /** Runs the script with only the plain tools on its path and those given. */
    private Result withTools(List<Path> tools, String... arguments) throws Exception {
        Path bin = Files.createDirectories(directory.resolve("bin"));
        for (String plain : List.of("sh", "cat", "sed", "awk", "grep", "sort", "head", "tr", "wc")) {
            executable(bin.resolve(plain), "#!/bin/sh\nexec /usr/bin/" + plain + " \"$@\"\n");
        }
        for (Path tool : tools) {
            executable(bin.resolve(tool.getFileName()), Files.readString(tool));
        }
        String script = Files.readString(Path.of(SCRIPT));
        String closed = script.replace("PATH=$PATH:/usr/sbin:/sbin", "PATH=" + bin);
        assertFalse(script.equals(closed), "the script sets PATH otherwise now");
        List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", namespace, "sh", "-s", "--"));
        command.addAll(List.of(arguments));
        return run(closed, command);
    }

    private static void executable(Path file, String script) throws IOException {
        Files.writeString(file, script);
        assertTrue(file.toFile().setExecutable(true));
    }

    private String ruleset() {
        try {
            return mustRun("ip", "netns", "exec", namespace, "nft", "list", "ruleset");
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private long count(String pattern) {
        return ruleset()
                .lines()
                .filter(line -> line.matches(".*(" + pattern + ").*"))
                .count();
    }

    private void nft(String rules) throws Exception {
        Result result = run(rules, List.of("ip", "netns", "exec", namespace, "nft", "-f", "-"));
        assertEquals(OK, result.code(), result.text());
    }

    private void inNamespace(String... command) throws Exception {
        List<String> whole = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
        whole.addAll(List.of(command));
        mustRun(whole.toArray(String[]::new));
    }

    private String mustRun(String... command) throws Exception {
        Result result = run("", List.of(command));
        assertEquals(OK, result.code(), () -> String.join(" ", command) + ": " + result.text());
        return result.text()
                .lines()
                .filter(line -> !line.startsWith("# Warning: "))
                .reduce((above, below) -> above + "\n" + below)
                .orElse("");
    }

    private Result run(String input, List<String> command) throws IOException, InterruptedException {
        Path in = Files.writeString(directory.resolve("stdin"), input);
        Path out = directory.resolve("stdout");
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(in.toFile())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile());
        builder.environment().putAll(Map.of("LC_ALL", "C"));
        Process process = builder.start();
        assertTrue(process.waitFor(30, TimeUnit.SECONDS), () -> "still running: " + command);
        return new Result(process.exitValue(), Files.readString(out).strip());
    }
}
