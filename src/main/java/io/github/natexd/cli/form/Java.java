package io.github.natexd.cli.form;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How this JVM was started: needed to start another one like it, and to find the installed tree. */
public final class Java {
    private Java() {}

    public static String executable() {
        return Path.of(System.getProperty("java.home", "/usr"), "bin", "java").toString();
    }

    /** The options of this JVM, with its class path; the main class goes behind them. */
    public static List<String> options() {
        List<String> options =
                new ArrayList<>(ManagementFactory.getRuntimeMXBean().getInputArguments());
        options.add("-cp");
        options.add(System.getProperty("java.class.path", ""));
        return options;
    }

    /** The installed tree: the parent of the directory that holds this jar. */
    public static Path tree() {
        String jar =
                Java.class.getProtectionDomain().getCodeSource().getLocation().getPath();
        Path lib = Path.of(jar).getParent();
        Path tree = lib != null ? lib.getParent() : null;
        if (tree == null) {
            throw new IllegalStateException("natexctl does not run from an installed tree, but from " + jar);
        }
        return tree;
    }
}
