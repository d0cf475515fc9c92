package io.github.natexd.monitoring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.natexd.control.ControlScene;
import io.github.natexd.lab.Lab;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("promtool")
class MonitoringLabTest {
    @TempDir
    private Path directory;

    @Test
    void prometheusAcceptsTheMetrics() throws Exception {
        Lab.Result result = checked(metrics());

        assertEquals(0, result.exitCode(), result.output());
        assertEquals("", result.output());
    }

    @Test
    void itRejectsAMetricWithoutADescription() throws Exception {
        Lab.Result result = checked(metrics().replaceFirst("# HELP natexd_working .*\n", ""));

        assertTrue(result.exitCode() != 0 && result.output().contains("natexd_working"), result.output());
    }

    private Lab.Result checked(String metrics) throws Exception {
        return Promtool.runWith(Files.writeString(directory.resolve("metrics"), metrics), "check", "metrics");
    }

    private static String metrics() throws Exception {
        return new ObjectMapper()
                .readTree(ControlScene.working().ask("metrics"))
                .at("/text")
                .asText();
    }
}
