package io.github.natexd.nftables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** natexd-rules with the real nft, iptables-nft and kernel, in a separate network namespace for each test. */
final class RulesScene implements BeforeEachCallback, AfterEachCallback {
    static final int OK = 0;
    static final int FAILED = 1;
    static final int USAGE = 2;
    static final int UNAVAILABLE = 69;
    static final int NO_PERMISSION = 77;
    static final List<String> UNPRIVILEGED =
            List.of("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups");

    static final String SCRIPT = Path.of(System.getProperty("natexd.tree", "target/natexd"), "libexec", "natexd-rules")
            .toAbsolutePath()
            .toString();

    private final String namespace = "nxrules" + ProcessHandle.current().pid();
    private Path directory = Path.of("");

    record Result(int code, String text) {}

    @Override
    public void beforeEach(ExtensionContext context) throws Exception {
        directory = Files.createTempDirectory("rules");
        mustRun("ip", "netns", "add", namespace);
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        mustRun("ip", "netns", "delete", namespace);
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** For files of the test. */
    Path directory() {
        return directory;
    }

    Result rules(String... arguments) throws Exception {
        return as(List.of(), arguments);
    }

    Result as(List<String> user, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
        command.addAll(user);
        // Names the shell, so that another user needs only read permission for the directories above the checkout.
        command.addAll(user.isEmpty() ? List.of(SCRIPT) : List.of("sh", "-s", "--"));
        command.addAll(List.of(arguments));
        return user.isEmpty() ? run("", command) : run(Files.readString(Path.of(SCRIPT)), command);
    }

    /** Runs the script with only the basic tools and the given ones on its path. */
    Result withTools(List<Path> tools, String... arguments) throws Exception {
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

    String ruleset() {
        try {
            return inNamespace("nft", "list", "ruleset");
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    long count(String pattern) {
        return ruleset()
                .lines()
                .filter(line -> line.matches(".*(" + pattern + ").*"))
                .count();
    }

    void nft(String rules) throws Exception {
        Result result = tried(rules, "nft", "-f", "-");
        assertEquals(OK, result.code(), result.text());
    }

    /** Runs a command in the namespace that must succeed; returns its output. */
    String inNamespace(String... command) throws Exception {
        return mustRun(prefixed(command));
    }

    /** Runs a command in the namespace, whatever its exit code. */
    Result tried(String input, String... command) throws Exception {
        return run(input, List.of(prefixed(command)));
    }

    private String[] prefixed(String... command) {
        List<String> whole = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
        whole.addAll(List.of(command));
        return whole.toArray(String[]::new);
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
