package io.github.natexd.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.lab.Lab;
import io.github.natexd.testkit.Programs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The class archive, made for a copy of the tree. */
class ClassArchiveLabTest {
    private static final Path TREE = Path.of(System.getProperty("natexd.tree", "target/natexd"));

    @TempDir
    Path directory;

    private Path tree;

    @BeforeEach
    void copyTree() throws Exception {
        tree = directory.resolve("tree");
        assertEquals(
                0,
                Programs.run(Map.of(), "cp", "-r", TREE.toString(), tree.toString())
                        .exitCode());
        assertEquals(0, natexdCds("remove").exitCode());
    }

    @Test
    void natexdStartsFromTheArchiveThatWasMade() throws Exception {
        Lab.Result made = natexdCds("make");

        assertEquals(0, made.exitCode(), made.output());
        // With -Xshare:on, Java exits if it cannot use the archive.
        Lab.Result started = natexd("-Xshare:on -Xlog:class+load:file=" + directory.resolve("classes"));
        assertEquals(0, started.exitCode(), started.output());
        assertTrue(started.output().startsWith("natexd "), started.output());
        assertTrue(Files.readString(directory.resolve("classes"))
                .contains("io.github.natexd.daemon.Main source: shared objects file"));
    }

    @Test
    void natexctlStartsFromTheSameArchive() throws Exception {
        assertEquals(0, natexdCds("make").exitCode());

        Lab.Result asked = Programs.run(
                Map.of("NATEXCTL_JAVA_OPTS", "-Xlog:class+load:file=" + directory.resolve("classes")),
                tree.resolve("bin/natexctl").toString(),
                "status",
                "--socket",
                directory.resolve("nobody").toString());

        assertEquals(2, asked.exitCode(), asked.output());
        String classes = Files.readString(directory.resolve("classes"));
        assertTrue(classes.contains("natexd.cli.running.StatusCommand source: shared objects file"), classes);
        assertTrue(classes.contains("picocli.CommandLine source: shared objects file"), classes);
    }

    /** Its jar has the same size and time as the other's, because packages set the same file times in all versions. */
    @Test
    void anArchiveOfAnotherNatexdIsNotUsedWhichIsToldOnce() throws Exception {
        assertEquals(0, natexdCds("make").exitCode());

        Path digests = tree.resolve("lib/natexd.sha256");
        Files.writeString(digests, Files.readString(digests).replaceFirst("^.", "x"));

        Lab.Result started = natexd("");
        assertEquals(0, started.exitCode(), started.output());
        assertEquals(2, started.output().lines().count(), started.output());
        assertTrue(started.output().contains("natexd-cds make"), started.output());
    }

    @Test
    void noArchiveIsMadeOfJarsThatWereNotBuilt() throws Exception {
        Files.writeString(tree.resolve("lib/natexd.jar"), "more", StandardOpenOption.APPEND);

        Lab.Result made = natexdCds("make");

        assertEquals(1, made.exitCode(), made.output());
        assertTrue(made.output().contains("differ from the build"), made.output());
    }

    @Test
    void removeLeavesNothing() throws Exception {
        assertEquals(0, natexdCds("make").exitCode());

        assertEquals(0, natexdCds("remove").exitCode());

        assertFalse(Files.exists(tree.resolve("lib/natexd.jsa")));
        assertFalse(Files.exists(tree.resolve("lib/natexd.jsa.key")));
        assertEquals(1, natexd("").output().lines().count());
    }

    private Lab.Result natexdCds(String verb) throws Exception {
        return Programs.run(Map.of(), tree.resolve("libexec/natexd-cds").toString(), verb);
    }

    private Lab.Result natexd(String javaOptions) throws Exception {
        return Programs.run(
                Map.of("NATEXD_JAVA_OPTS", javaOptions),
                tree.resolve("bin/natexd").toString(),
                "--version");
    }
}
