package io.github.natexd.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.config.Config;
import io.github.natexd.lab.Lab;
import io.github.natexd.lab.LabOptions;
import io.github.natexd.linux.libc.Libc;
import io.github.natexd.testkit.HostStream;
import io.github.natexd.testkit.LabNatexd;
import io.github.natexd.testkit.Recovery;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a natexd that hangs or is killed costs the host: the bound that the page running.md states. The tests do what
 * systemd does, with the times of the unit.
 */
class HangAndKillLabTest {
    private static final int SIGCONT = 18;
    private static final int SIGSTOP = 19;
    private static final Path UNIT = Path.of("systemd", "natexd.service");
    private static final int DEFAULT_LENGTH = Config.defaults().queue().maxLength();
    /** How long the kernel takes to end a JVM and to close its queue: about 15 ms, more on a busy machine. */
    private static final int END_MILLIS = 100;

    private static final Pattern JUDGED = Pattern.compile("host-probe (\\d+)");
    private static final long BEFORE_MILLIS = 500;
    private static final long AFTER_MILLIS = 300;

    @ParameterizedTest
    @CsvSource({"1000, 1024", "1000, 64", "100, 1024"})
    @DisplayName(
            "R42: a hang costs the host at most max-length errors, those of the watchdog's time, and no other packet")
    void aHangCostsNoMoreThanItsBound(int perSecond, int maxLength) throws Exception {
        try (Lab lab = Lab.up(LabOptions.defaults());
                LabNatexd natexd = LabNatexd.start(lab, "queue.max-length = " + maxLength);
                HostStream stream = HostStream.start(lab, perSecond)) {
            TimeUnit.MILLISECONDS.sleep(BEFORE_MILLIS);
            signal(natexd, SIGSTOP);
            TimeUnit.SECONDS.sleep(seconds("WatchdogSec"));
            natexd.killHard();
            TimeUnit.MILLISECONDS.sleep(AFTER_MILLIS);
            stream.stop();

            int untilWatchdog = perSecond * seconds("WatchdogSec");
            int bound = Math.min(maxLength, untilWatchdog) + perSecond * END_MILLIS / 1000;
            assertTrue(stream.errorsLost() <= bound, () -> stream + "; at most " + bound);
            assertTrue(stream.errorsLost() > 0, () -> "natexd did not hang: " + stream);
            assertEquals(0, stream.repliesLost(), stream::toString);
        }
    }

    @Test
    @DisplayName("R42: the default max-length and the unit's watchdog are those for which running.md states the bound")
    void thePageStatesTheBound() throws IOException {
        String page = Files.readString(Path.of("src", "site", "markdown", "running.md"));

        assertTrue(page.contains("`max-length` errors (" + DEFAULT_LENGTH + ")"), "the length in running.md");
        assertTrue(page.contains("`WatchdogSec` (" + seconds("WatchdogSec") + " s)"), "the watchdog in running.md");
    }

    @Test
    @DisplayName(
            "R42: a kill costs the host the errors of the moment in which the process ends; guests trace again in time")
    void aKillCostsAMoment() throws Exception {
        try (Lab lab = Lab.up(LabOptions.defaults());
                LabNatexd killed = LabNatexd.start(lab);
                HostStream stream = HostStream.start(lab, 1000)) {
            TimeUnit.MILLISECONDS.sleep(BEFORE_MILLIS);
            killed.killHard();
            LabNatexd.removeRulesAsTheUnit(lab);
            TimeUnit.SECONDS.sleep(seconds("RestartSec"));
            long restart = System.nanoTime();
            try (LabNatexd restarted = LabNatexd.start(lab)) {
                Recovery.assertGuestTraces(lab, restarted, restart);
            }
            stream.stop();

            assertTrue(stream.errorsLost() <= END_MILLIS, stream::toString);
            assertEquals(0, stream.repliesLost(), stream::toString);
        }
    }

    @Test
    @DisplayName(
            "R41: a natexd that stops and goes on before the watchdog acts costs the host nothing, however full its queue")
    void aPauseCostsNothing() throws Exception {
        try (Lab lab = Lab.up(LabOptions.defaults());
                LabNatexd natexd = LabNatexd.start(lab, "queue.max-length = 64");
                HostStream stream = HostStream.start(lab, 1000)) {
            for (int i = 0; i < 2; i++) {
                TimeUnit.MILLISECONDS.sleep(BEFORE_MILLIS);
                signal(natexd, SIGSTOP);
                TimeUnit.SECONDS.sleep(1);
                signal(natexd, SIGCONT);
            }
            Recovery.assertGuestTraces(lab, natexd, System.nanoTime());
            stream.stop();

            assertEquals(0, stream.errorsLost(), stream::toString);
            assertEquals(0, stream.repliesLost(), stream::toString);
            natexd.stop();
            Matcher judged = JUDGED.matcher(natexd.log());
            assertTrue(
                    judged.find() && Integer.parseInt(judged.group(1)) < stream.sent(),
                    () -> "not full: " + natexd.log());
        }
    }

    private static void signal(LabNatexd natexd, int number) {
        assertEquals(0, Libc.INSTANCE.kill((int) natexd.pid(), number));
    }

    private static int seconds(String setting) throws IOException {
        return Files.readAllLines(UNIT).stream()
                .filter(line -> line.startsWith(setting + "="))
                .mapToInt(line -> Integer.parseInt(line.substring(setting.length() + 1)))
                .findFirst()
                .orElseThrow();
    }
}
