package io.github.natexd.cli.lab;

import io.github.natexd.cli.form.ExitCodes;
import io.github.natexd.control.JsonWriter;
import io.github.natexd.lab.Lab;
import io.github.natexd.lab.scenario.Scenario;
import io.github.natexd.lab.scenario.Stage;
import io.github.natexd.lab.scenario.Step;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Plays a scenario and shows its steps: for people as they come, or as one JSON document at the end. */
@Command(
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:every step was as expected",
            "1:a step was not as expected, or could not be run",
            "2:the command line is wrong",
            "73:a capture cannot be written, or exists already"
        })
abstract class ScenarioCommand implements Callable<Integer> {
    private static final int VERSION = 1;

    private final Scenario scenario;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(
            names = "--keep",
            description = "keeps the network after the last step, until Ctrl-C or `natexctl lab down'")
    private boolean keep;

    @Option(
            names = "--pcap",
            paramLabel = "DIR",
            description = "writes a capture of each interface of the two end hosts into this directory; existing files"
                    + " stay")
    private @Nullable Path captures;

    @Option(names = "--json", description = "one JSON document; lab-scenarios.md describes its fields")
    private boolean json;

    ScenarioCommand(Scenario scenario) {
        this.scenario = scenario;
    }

    @Override
    public final Integer call() throws IOException, InterruptedException {
        try {
            if (captures != null) {
                Files.createDirectories(captures);
            }
            return play(spec.commandLine().getOut());
        } catch (UncheckedIOException e) {
            if (captures == null) {
                throw e;
            }
            return cannotWrite(e.getCause());
        } catch (IOException e) {
            return cannotWrite(e);
        }
    }

    private int play(PrintWriter out) throws InterruptedException {
        List<Step> steps = new ArrayList<>();
        String name;
        boolean asExpected;
        // Ctrl-C ends the JVM, and with it the network: the stage has a shutdown hook of its own.
        try (Stage stage = Stage.open(scenario, captures)) {
            name = stage.name();
            say(out, "%s: %s.%n%n%s".formatted(scenario.name(), scenario.title(), scenario.picture()));
            scenario.play(stage, step -> {
                steps.add(step);
                show(out, steps.size(), step);
            });
            asExpected = steps.stream().allMatch(Step::asExpected);
            conclude(out, stage, steps, asExpected);
            if (keep) {
                new CountDownLatch(1).await();
            }
        }
        if (Lab.exists(name)) {
            throw new IllegalStateException(
                    "parts of the network are left; `natexctl lab down --name " + name + "` removes them");
        }
        return asExpected ? ExitCodes.OK : ExitCodes.FAILED;
    }

    private void show(PrintWriter out, int number, Step step) {
        String seen = step.asExpected()
                ? "   ✔ %s%n     (%s)".formatted(step.expected(), step.seen())
                : "   ✘ expected: %s%n     seen:     %s".formatted(step.expected(), step.seen());
        say(out, "%d. %s%n%s".formatted(number, step.sentence(), seen));
    }

    private void conclude(PrintWriter out, Stage stage, List<Step> steps, boolean asExpected) {
        if (json) {
            write(out, stage, steps, asExpected);
            out.flush();
        }
        say(out, asExpected ? "All steps are as expected." : "NOT all steps are as expected.");
        if (!stage.captures().isEmpty()) {
            say(out, stage.captures().size() + " captures are in " + captures + ".");
        }
        if (keep) {
            say(out, """
                    The network stays until Ctrl-C or `natexctl lab down --name %s`.
                    Its namespaces, for `ip netns exec`:
                      %s""".formatted(stage.name(), String.join("\n  ", stage.namespaces())));
        }
    }

    /** The document that lab-scenarios.md describes. */
    private void write(PrintWriter out, Stage stage, List<Step> steps, boolean asExpected) {
        JsonWriter writer = JsonWriter.indented(out).beginObject();
        writer.name("version").value(VERSION);
        writer.name("scenario").value(scenario.name());
        writer.name("lab").value(stage.name());
        writer.name("asExpected").value(asExpected);
        writer.name("steps").beginArray();
        for (Step step : steps) {
            writer.beginObject();
            writer.name("name").value(step.name());
            writer.name("sentence").value(step.sentence());
            writer.name("expected").value(step.expected());
            writer.name("seen").value(step.seen());
            writer.name("asExpected").value(step.asExpected());
            writer.endObject();
        }
        writer.endArray();
        writer.name("namespaces").beginArray();
        stage.namespaces().forEach(writer::value);
        writer.endArray();
        writer.name("captures").beginArray();
        stage.captures().forEach(file -> writer.value(file.toString()));
        writer.endArray().endObject();
    }

    private void say(PrintWriter out, String text) {
        if (!json) {
            out.println(text);
            out.flush();
        }
    }

    private int cannotWrite(@Nullable IOException e) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("natexctl: cannot write a capture: " + e);
        err.flush();
        return ExitCodes.CANNOT_CREATE;
    }
}
