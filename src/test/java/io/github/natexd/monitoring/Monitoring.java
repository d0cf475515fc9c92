package io.github.natexd.monitoring;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.natexd.control.ControlScene;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The files for monitoring that the package contains, and the metrics that natexd writes. */
final class Monitoring {
    static final Path ALERTS = Path.of("src/package/monitoring/alerts.yaml");
    static final Path STORIES = Path.of("src/test/resources/monitoring/alerts-test.yaml");
    private static final Path DASHBOARD = Path.of("src/package/monitoring/dashboard.json");
    private static final Pattern ALERT = Pattern.compile("(?m)^ +- alert: (\\w+)$");

    private Monitoring() {}

    /** Prometheus' text, as a working natexd writes it. */
    static String metrics() throws IOException {
        return new ObjectMapper()
                .readTree(ControlScene.working().ask("metrics"))
                .at("/text")
                .asText();
    }

    static JsonNode dashboard() throws IOException {
        return new ObjectMapper().readTree(Files.readString(DASHBOARD));
    }

    /** The expressions of the dashboard as Prometheus gets them: Grafana has replaced its variables. */
    static List<String> expressions() throws IOException {
        List<String> expressions = new ArrayList<>();
        for (JsonNode panel : dashboard().at("/panels")) {
            for (JsonNode target : panel.at("/targets")) {
                expressions.add(target.at("/expr")
                        .asText()
                        .replace("$__rate_interval", "5m")
                        .replace("$instance", "desk|lap"));
            }
        }
        return expressions;
    }

    static List<String> alertNames() throws IOException {
        return matches(ALERT, Files.readString(ALERTS)).stream()
                .map(match -> match.group(1))
                .toList();
    }

    static List<MatchResult> matches(Pattern pattern, String text) {
        return pattern.matcher(text).results().toList();
    }
}
