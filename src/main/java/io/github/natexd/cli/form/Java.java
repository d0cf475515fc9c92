package io.github.natexd.cli.form;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How this very program was started: to start another like it, and to find the tree it lies in. */
public final class Java {
    private Java() {}

    public static String executable() {
        return Path.of(System.getProperty("java.home", "/usr"), "bin", "java").toString();
    }

    /** The options of this JVM and its class path; the main class has to follow. */
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
            throw new IllegalStateException("natexctl does not run from its tree but from " + jar);
        }
        return tree;
    }
}
