package io.github.natexd.testkit;

import static java.util.Map.entry;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * README.md as a reader follows it: the commands of its {@code sh} blocks, in order, and those of the pages that it
 * links on the way.
 */
public final class Readme {
    /**
     * One command of the page, without the comment at its end.
     *
     * @param page the file that has it
     * @param guest whether its block begins with {@code # in a guest}
     */
    public record Command(Path page, boolean guest, String text) {
        /** Whether a container without network and compiler can run it. */
        public boolean isForContainer() {
            return !RUN_ELSEWHERE.containsKey(text);
        }
    }

    private static final Path README = Path.of("README.md");
    private static final Path PAGES = Path.of("src/site/markdown");
    /** HostOnlyNetworkLabTest runs the commands of this page. */
    private static final Path HOST_ONLY = PAGES.resolve("host-only.md");

    /** The page that a reader opens after each section: one while natexd is installed, and one afterwards. */
    private static final Map<String, Path> TURNS =
            Map.of("Settings", PAGES.resolve("running.md"), "Build", PAGES.resolve("developing.md"));

    /**
     * The commands that a container cannot run, because they need a compiler, a network or their own kernel, and the
     * command of {@code .ci/run} or the test that runs each of them instead.
     */
    public static final Map<String, String> RUN_ELSEWHERE = Map.ofEntries(
            entry("sudo ./dev demo", "./dev demo"),
            entry("sudo ./dev test", "./dev test"),
            entry("./dev lint", "./dev lint"),
            // A minute of it.
            entry("sudo ./dev soak", "SoakLabTest.aShortSoakFindsNothing"),
            // Parts of dev's run_tests.
            entry("./dev test unit", "./dev test"),
            entry("sudo ./dev test container", "./dev test"),
            entry("sudo ./dev test vm", "./dev test"),
            // For the container tests, dev builds the package as for `deb` and `install`.
            entry("./dev deb", "./dev test"),
            entry("sudo ./dev install", "PackageContainerTest.whatDevInstallsServesGuestsAndUninstallLeavesNothing"),
            entry("sudo ./dev uninstall", "PackageContainerTest.whatDevInstallsServesGuestsAndUninstallLeavesNothing"),
            // The demo begins with it.
            entry("./dev build", "./dev demo"));

    private static final String FENCE = "```";
    private static final Pattern HERE_DOCUMENT = Pattern.compile("<<'(\\w+)'");
    private static final Pattern COMMENT = Pattern.compile("(^|\\s+)# .*");
    private static final String GUESTS_BLOCK = "# in a guest";

    private Readme() {}

    /** All pages with commands that tests run. */
    public static List<Path> pages() {
        return Stream.concat(Stream.of(README, HOST_ONLY), TURNS.values().stream())
                .toList();
    }

    /** The README's commands and those of the pages that it links. */
    public static List<Command> commands() {
        List<Command> commands = new ArrayList<>();
        for (String section : read(README).split("(?m)^## ")) {
            commands.addAll(commands(README, section));
            String heading = section.lines().findFirst().orElseThrow();
            if (TURNS.containsKey(heading)) {
                commands.addAll(commands(TURNS.get(heading)));
            }
        }
        return commands;
    }

    /** The commands of the page on host-only networks. */
    public static List<Command> hostOnlyCommands() {
        return commands(HOST_ONLY);
    }

    public static String read(Path page) {
        try {
            return Files.readString(page);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Command> commands(Path page) {
        return commands(page, read(page));
    }

    private static List<Command> commands(Path page, String text) {
        List<Command> commands = new ArrayList<>();
        List<String> lines = text.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).startsWith(FENCE)) {
                continue;
            }
            boolean shell = lines.get(i).equals(FENCE + "sh");
            List<String> block = new ArrayList<>();
            for (i++; !lines.get(i).equals(FENCE); i++) {
                block.add(lines.get(i));
            }
            if (shell) {
                commands.addAll(commands(page, block));
            }
        }
        return commands;
    }

    private static List<Command> commands(Path page, List<String> block) {
        boolean guest = block.get(0).equals(GUESTS_BLOCK);
        List<Command> commands = new ArrayList<>();
        for (int i = 0; i < block.size(); i++) {
            StringBuilder text = new StringBuilder(COMMENT.matcher(block.get(i)).replaceFirst(""));
            Matcher document = HERE_DOCUMENT.matcher(text);
            if (document.find()) {
                do {
                    text.append('\n').append(block.get(++i));
                } while (!block.get(i).equals(document.group(1)));
            }
            if (text.length() > 0) {
                commands.add(new Command(page, guest, text.toString()));
            }
        }
        return commands;
    }
}
