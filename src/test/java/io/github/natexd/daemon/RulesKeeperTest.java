package io.github.natexd.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.config.Config;
import io.github.natexd.config.ConfigReader;
import io.github.natexd.control.RulesState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The keeper with scripts that note in a file how they were called. */
@Timeout(60)
class RulesKeeperTest {
    private static final String NOTE = "#!/bin/sh\necho \"$*\" >> \"${0%/*}/calls\"\n";
    private static final String LOAD = NOTE + "echo loaded\n";
    private static final String FAIL_WITH_TTL_30 =
            NOTE + "case \"$*\" in install*'--max-ttl 30'*) echo no such luck; exit 1; esac\necho loaded\n";
    private static final String HANG = NOTE + "sleep 300\n";

    @TempDir
    private Path directory;

    private RulesKeeper keeper;

    @BeforeEach
    void create() throws Exception {
        script(LOAD);
        keeper = keeper(config());
    }

    @AfterEach
    void end() throws IOException {
        script(LOAD);
        keeper.remove();
    }

    @Test
    void loadsTheRulesOnceTheInterfaceIsKnown() throws Exception {
        keeper.awaitLoaded();
        assertEquals(RulesState.PENDING, keeper.state().state());

        keeper.interfaceKnown("vmnet8");
        keeper.interfaceKnown("vmnet8");
        keeper.awaitLoaded();

        assertEquals(RulesState.LOADED, keeper.state().state());
        assertEquals(1, calls("install").size(), calls("").toString());
    }

    @Test
    void rulesThatCannotBeLoadedAreReportedAndThoseBeforeCountAgain() throws Exception {
        keeper.interfaceKnown("vmnet8");
        keeper.awaitLoaded();
        script(FAIL_WITH_TTL_30);
        keeper.configure(config("probes.max-ttl = 30"));
        keeper.interfaceKnown("vmnet8");

        StartException failure = assertThrows(StartException.class, keeper::awaitLoaded);
        assertEquals("no such luck", failure.getMessage());
        keeper.configureBack(config());
        keeper.interfaceKnown("vmnet8");
        keeper.awaitLoaded();

        assertEquals(RulesState.LOADED, keeper.state().state());
        assertEquals(2, calls("install").size(), "the rules before are still loaded: " + calls(""));
    }

    @Test
    void aReloadTriesRulesAgainThatCouldNotBeLoaded() throws Exception {
        script(NOTE + "exit 1\n");
        keeper.interfaceKnown("vmnet8");
        assertThrows(StartException.class, keeper::awaitLoaded);
        script(LOAD);

        keeper.configure(config());
        keeper.interfaceKnown("vmnet8");
        keeper.awaitLoaded();

        assertEquals(RulesState.LOADED, keeper.state().state());
    }

    @Test
    void rulesOfSomebodyElseAreVerifiedAndNeverLoaded() throws Exception {
        script(NOTE + "echo absent; exit 1\n");
        keeper.configure(config("rules.manage = false"));
        keeper.interfaceKnown("vmnet8");
        keeper.awaitLoaded();
        assertEquals(RulesState.MISSING, keeper.state().state());
        assertEquals("absent", keeper.state().detail());
        assertTrue(keeper.state().remedy().contains("natexd-rules install --queue 5511"), keeper.state()::remedy);

        script(LOAD);
        while (keeper.state().state() != RulesState.UNMANAGED) {
            Thread.sleep(10);
        }

        assertEquals(0, calls("install").size(), calls("").toString());
        assertTrue(calls("status").stream().noneMatch(call -> call.contains("--daemon")));
    }

    @Test
    void removesOnlyWhatNatexdLoaded() throws Exception {
        keeper.interfaceKnown("vmnet8");
        keeper.awaitLoaded();

        keeper.remove();

        assertTrue(calls("install").get(0).endsWith(" --daemon"), calls("").toString());
        assertEquals(List.of("remove --daemon"), calls("remove"));
    }

    @Test
    void stopsInTimeWhileTheScriptHangs() throws Exception {
        script(HANG);
        keeper.interfaceKnown("vmnet8");
        while (calls("install").isEmpty()) {
            Thread.sleep(10);
        }
        long begun = System.nanoTime();

        keeper.remove();

        assertTrue(System.nanoTime() - begun < TimeUnit.SECONDS.toNanos(9), "within TimeoutStopSec of the unit");
        assertEquals(1, calls("remove").size(), calls("").toString());
    }

    private RulesKeeper keeper(Config config) {
        return new RulesKeeper(directory.resolve("natexd-rules"), config, new Status(Notify.to("")), e -> {
            throw new AssertionError(e);
        });
    }

    private Config config(String... lines) throws Exception {
        return ConfigReader.read(Files.write(directory.resolve("natexd.toml"), List.of(lines)));
    }

    private void script(String text) throws IOException {
        Path next = Files.writeString(directory.resolve("next"), text);
        Files.setPosixFilePermissions(next, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.move(next, directory.resolve("natexd-rules"), StandardCopyOption.REPLACE_EXISTING);
    }

    /** The calls of the script with this verb. */
    private List<String> calls(String verb) throws IOException {
        Path calls = directory.resolve("calls");
        return Files.exists(calls)
                ? Files.readAllLines(calls).stream()
                        .filter(line -> line.startsWith(verb))
                        .toList()
                : List.of();
    }
}
