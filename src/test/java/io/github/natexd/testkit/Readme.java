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

/** README.md as somebody follows it: the commands of its {@code sh} blocks, in their order. */
public final class Readme {
    /**
     * One command, as it stands there, without the comment at its end.
     *
     * @param section the heading of level two above it
     * @param guest its block begins with {@code # in a guest}
     */
    public record Command(String section, boolean guest, String text) {
        /** Whether a container without network and compiler is the place for it. */
        public boolean isForContainer() {
            return !section.equals(ALTERNATIVES) && !RUN_ELSEWHERE.containsKey(text);
        }
    }

    /** HostOnlyNetworkLabTest runs what stands here. */
    public static final String ALTERNATIVES = "Honest alternatives";

    /**
     * The commands that a container cannot run, because they need a compiler, a network or a kernel of their own: which command of
     * {@code .ci/run} or which test does it instead.
     */
    public static final Map<String, String> RUN_ELSEWHERE = Map.ofEntries(
            entry("sudo ./dev demo", "./dev demo"),
            entry("sudo ./dev test", "./dev test"),
            entry("./dev lint", "./dev lint"),
            // Parts of dev's run_tests.
            entry("./dev test unit", "./dev test"),
            entry("sudo ./dev test container", "./dev test"),
            entry("sudo ./dev test vm", "./dev test"),
            // For the container tests, dev packs as for `deb` and `install`.
            entry("./dev deb", "./dev test"),
            entry("sudo ./dev install", "PackageContainerTest.whatDevInstallsServesGuestsAndUninstallLeavesNothing"),
            entry("sudo ./dev uninstall", "PackageContainerTest.whatDevInstallsServesGuestsAndUninstallLeavesNothing"),
            // The demo begins with it.
            entry("./dev build", "./dev demo"));

    private static final Path FILE = Path.of("README.md");
    private static final Pattern FENCE = Pattern.compile("( *)```(.*)");
    private static final Pattern HERE_DOCUMENT = Pattern.compile("<<'(\\w+)'");
    private static final Pattern COMMENT = Pattern.compile("(^|\\s+)# .*");
    private static final String GUESTS_BLOCK = "# in a guest";

    private Readme() {}

    public static String text() {
        try {
            return Files.readString(FILE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static List<Command> commands() {
        List<Command> commands = new ArrayList<>();
        String section = "";
        List<String> lines = text().lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).startsWith("## ")) {
                section = lines.get(i).substring("## ".length());
            }
            Matcher fence = FENCE.matcher(lines.get(i));
            if (!fence.matches()) {
                continue;
            }
            List<String> block = new ArrayList<>();
            for (i++; !lines.get(i).strip().equals("```"); i++) {
                block.add(lines.get(i)
                        .substring(
                                Math.min(fence.group(1).length(), lines.get(i).length())));
            }
            if (fence.group(2).equals("sh")) {
                commands.addAll(commands(section, block));
            }
        }
        return commands;
    }

    private static List<Command> commands(String section, List<String> block) {
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
                commands.add(new Command(section, guest, text.toString()));
            }
        }
        return commands;
    }
}
