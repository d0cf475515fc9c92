package io.github.natexd.release;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@code ./dev release} refuses and what it commits, in a separate repository whose build takes no time.
 * {@code src/test/release/twice} shows that real builds give the same octets.
 */
class ReleaseTest {
    private static final List<String> SCRIPTS = List.of("src/package/release", "src/package/debian-changelog");
    private static final String BUILD = """
            #!/bin/sh
            [ ! -e fails ] || exit 1
            mkdir -p target/natexd/lib
            touch target/natexd_1.2.0_all.deb target/natexd/lib/natexd.jar target/bom.json
            """;
    private static final String POM = """
            <project>
              <version>1.2.0-SNAPSHOT</version>
                <project.build.outputTimestamp>2020-01-01T00:00:00Z</project.build.outputTimestamp>
            </project>
            """;
    private static final String CHANGELOG = """
            # Changelog

            ## [1.2.0] - 2026-11-20

            ### Added

            - A change that needs
              two lines.
            """;
    private static final int REFUSED = 3;
    private static final long LIMIT_SECONDS = 60;

    private record Result(int exitCode, String output) {}

    @TempDir
    Path checkout;

    @BeforeEach
    void makeARepository() throws Exception {
        for (String script : SCRIPTS) {
            Path copy = checkout.resolve(script);
            Files.createDirectories(copy.getParent());
            Files.copy(Path.of(script), copy, StandardCopyOption.COPY_ATTRIBUTES);
        }
        write("dev", BUILD);
        assertTrue(checkout.resolve("dev").toFile().setExecutable(true));
        write(".gitignore", "target/\nfails\n");
        write("pom.xml", POM);
        write("CHANGELOG.md", CHANGELOG);
        git("init", "--quiet", "--initial-branch=main");
        commit();
    }

    @Test
    void taggedIsTheVersionThatWasAskedForAndTheTreeGoesOnWithTheNext() throws Exception {
        Result result = release("1.2.0");

        assertEquals(0, result.exitCode(), result.output());
        assertTrue(git("show", "v1.2.0:pom.xml").contains("<version>1.2.0</version>"));
        assertTrue(read("pom.xml").contains("<version>1.3.0-SNAPSHOT</version>"));
        assertTrue(read("CHANGELOG.md").contains("## [1.3.0] - unreleased\n\n## [1.2.0] - 2026-11-20\n"));
        assertEquals("", git("status", "--porcelain"));
        assertEquals(4, read("target/release/SHA256SUMS").lines().count());
    }

    @Test
    void theTimeIsThatOfTheCommitBefore() throws Exception {
        String time = git("show", "--no-patch", "--format=%cd", "--date=format-local:%FT%TZ")
                .strip();

        assertEquals(0, release("1.2.0").exitCode());

        assertTrue(git("show", "v1.2.0:pom.xml").contains("outputTimestamp>" + time + "<"), time);
    }

    @Test
    void aTreeThatIsNotCleanIsRefused() throws Exception {
        write("new", "");

        assertRefused("1.2.0", "the tree is not clean");
    }

    @Test
    void anotherBranchIsRefused() throws Exception {
        git("switch", "--quiet", "--create", "other");

        assertRefused("1.2.0", "this is other: a release is made from main");
    }

    @Test
    void aTagThatExistsIsRefused() throws Exception {
        git("tag", "v1.2.0");

        assertRefused("1.2.0", "the tag v1.2.0 exists already");
    }

    @Test
    void aMissingSectionIsRefused() throws Exception {
        assertRefused("1.3.0", "write '## [1.3.0] - YYYY-MM-DD'");
    }

    @Test
    void aSectionWithoutADateIsRefused() throws Exception {
        write("CHANGELOG.md", CHANGELOG.replace("2026-11-20", "unreleased"));
        commit();

        assertRefused("1.2.0", "has no date but 'unreleased'");
    }

    @Test
    void aDateInTheFutureIsRefused() throws Exception {
        write("CHANGELOG.md", CHANGELOG.replace("2026-11-20", "9999-11-20"));
        commit();

        assertRefused("1.2.0", "is in the future");
    }

    @Test
    void anEmptySectionIsRefused() throws Exception {
        write("CHANGELOG.md", "## [1.2.0] - 2026-11-20\n\n" + CHANGELOG.replace("1.2.0", "1.1.0"));
        commit();

        assertRefused("1.2.0", "lists no change");
    }

    @Test
    void whatIsNoVersionIsAWrongCommandLine() throws Exception {
        for (String version : List.of("", "1.2", "v1.2.0", "1.2.0-SNAPSHOT", "01.2.0")) {
            assertEquals(2, release(version).exitCode(), version);
        }
    }

    @Test
    void afterAFailedBuildEverythingIsAsItWas() throws Exception {
        write("fails", "");

        Result result = release("1.2.0");

        assertEquals(1, result.exitCode(), result.output());
        assertUntouched();
    }

    @Test
    @DisplayName(
            "the Debian changelog has an entry for each section, and dpkg sorts a development version before its release")
    void theDebianChangelogIsMadeFromTheChangelog() throws Exception {
        Result result = run("src/package/debian-changelog");

        assertEquals("""
                natexd (1.2.0~SNAPSHOT) unstable; urgency=medium

                  * Added:
                    - A change that needs
                      two lines.

                 -- natexd developers <natexd@natexd.invalid>  Fri, 20 Nov 2026 00:00:00 +0000
                """, result.output());
    }

    @Test
    void aChangelogWithoutTheVersionOfThePomMakesNoPackage() throws Exception {
        write("pom.xml", POM.replace("1.2.0", "1.3.0"));

        assertEquals(1, run("src/package/debian-changelog").exitCode());
    }

    private void assertRefused(String version, String why) throws Exception {
        Result result = release(version);

        assertEquals(REFUSED, result.exitCode(), result.output());
        assertTrue(result.output().contains(why), result.output());
        assertUntouched();
    }

    private void assertUntouched() throws Exception {
        assertEquals(POM, read("pom.xml"));
        assertEquals("", git("diff", "HEAD"));
        assertTrue(git("log", "--format=%s").lines().allMatch("all"::equals));
    }

    private Result release(String version) throws Exception {
        return run("src/package/release", version);
    }

    private void commit() throws Exception {
        git("add", "--all");
        git("commit", "--quiet", "--message", "all");
    }

    private String git(String... words) throws Exception {
        String[] command = new String[words.length + 1];
        command[0] = "git";
        System.arraycopy(words, 0, command, 1, words.length);
        Result result = run(command);
        assertEquals(0, result.exitCode(), result.output());
        return result.output();
    }

    private Result run(String... command) throws Exception {
        Path said = Files.createTempFile("release", ".txt");
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(checkout.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile());
            // Ignores the user's own settings: name, hooks, and a repository around this one.
            builder.environment().keySet().removeIf(name -> name.startsWith("GIT_"));
            builder.environment()
                    .putAll(Map.of(
                            "TZ", "UTC",
                            "GIT_CONFIG_GLOBAL", "/dev/null",
                            "GIT_CONFIG_NOSYSTEM", "1",
                            "GIT_AUTHOR_NAME", "test",
                            "GIT_AUTHOR_EMAIL", "test@natexd.invalid",
                            "GIT_COMMITTER_NAME", "test",
                            "GIT_COMMITTER_EMAIL", "test@natexd.invalid"));
            Process process = builder.start();
            assertTrue(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS), "still running");
            return new Result(process.exitValue(), Files.readString(said));
        } finally {
            Files.delete(said);
        }
    }

    private String read(String file) throws IOException {
        return Files.readString(checkout.resolve(file));
    }

    private void write(String file, String text) throws IOException {
        Files.writeString(checkout.resolve(file), text);
    }
}
