package io.github.natexd.monitoring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.natexd.lab.Lab;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Prometheus itself says about the metrics, the alert rules and the dashboard's expressions. */
@Tag("promtool")
class MonitoringLabTest {
    @TempDir
    private Path directory;

    @Test
    void prometheusAcceptsTheMetrics() throws Exception {
        Lab.Result result = checked(Monitoring.metrics());

        assertEquals(0, result.exitCode(), result.output());
        assertEquals("", result.output());
    }

    @Test
    void itRejectsAMetricWithoutADescription() throws Exception {
        Lab.Result result = checked(Monitoring.metrics().replaceFirst("# HELP natexd_working .*\n", ""));

        assertTrue(result.exitCode() != 0 && result.output().contains("natexd_working"), result.output());
    }

    private Lab.Result checked(String metrics) throws Exception {
        return Promtool.runWith(Files.writeString(directory.resolve("metrics"), metrics), "check", "metrics");
    }

    @Test
    void prometheusAcceptsTheAlertRules() throws Exception {
        Lab.Result result = Promtool.run("check", "rules", Monitoring.ALERTS.toString());

        assertEquals(0, result.exitCode(), result.output());
        assertTrue(
                result.output().contains("SUCCESS: " + Monitoring.alertNames().size() + " rules found"),
                result.output());
    }

    @Test
    void eachAlertFiresInItsStoryAndInNoOther() throws Exception {
        Lab.Result result = Promtool.run("test", "rules", Monitoring.STORIES.toString());

        assertEquals(0, result.exitCode(), result.output());
    }

    @Test
    void prometheusParsesEveryExpressionOfTheDashboard() throws Exception {
        List<String> expressions = Monitoring.expressions();
        Lab.Result result = parsed(expressions);

        assertEquals(0, result.exitCode(), result.output());
        assertTrue(result.output().contains("SUCCESS: " + expressions.size() + " rules found"), result.output());
    }

    @Test
    void itRejectsAnExpressionThatIsNotPromql() throws Exception {
        Lab.Result result = parsed(List.of("sum by (reason) (natexd_errors_total"));

        assertTrue(result.exitCode() != 0, result.output());
    }

    /** Each expression becomes a recording rule, because promtool parses only those. JSON is YAML, too. */
    private Lab.Result parsed(List<String> expressions) throws Exception {
        StringBuilder rules = new StringBuilder("groups:\n  - name: dashboard\n    rules:\n");
        for (int i = 0; i < expressions.size(); i++) {
            rules.append("      - record: dashboard:expression:").append(i).append('\n');
            String quoted = new ObjectMapper().writeValueAsString(expressions.get(i));
            rules.append("        expr: ").append(quoted).append('\n');
        }
        Path file = Files.writeString(directory.resolve("dashboard.yaml"), rules);
        return Promtool.run("check", "rules", file.toString());
    }
}
