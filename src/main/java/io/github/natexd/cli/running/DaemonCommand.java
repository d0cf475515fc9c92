package io.github.natexd.cli.running;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.github.natexd.cli.form.ExitCodes;
import io.github.natexd.cli.form.JsonAnswer;
import io.github.natexd.control.ControlClient;
import io.github.natexd.control.ControlException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command that queries a running natexd: sends the request, and turns a failure into an exit code. */
public abstract class DaemonCommand implements Callable<Integer> {
    private static final Path STANDARD_OUTPUT = Path.of("/proc/self/fd/1");

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Mixin
    private final ControlOptions control = new ControlOptions();

    @Override
    public final Integer call() {
        try {
            int code = ask();
            if (outputHasFailed() && !writesToPipe()) {
                PrintWriter err = spec.commandLine().getErr();
                err.println("natexctl: the output could not be written; is the disk full?");
                err.flush();
                return ExitCodes.FAILED;
            }
            return code;
        } catch (ControlException e) {
            out().flush();
            complain(e);
            return exitCode(e);
        }
    }

    /** Sends the request and prints the response; returns the exit code. */
    protected abstract int ask() throws ControlException;

    /** Writes what was printed; returns whether that fails. picocli's writer hides it, standard output does not. */
    protected final boolean outputHasFailed() {
        return out().checkError() | System.out.checkError();
    }

    /** A pipe fails when its reader, such as head(1), has seen enough. */
    private static boolean writesToPipe() {
        try {
            return Files.readSymbolicLink(STANDARD_OUTPUT).toString().startsWith("pipe:");
        } catch (IOException e) {
            return false;
        }
    }

    /** Sends a request whose response is one line; returns that line. */
    protected final String line(String request) throws ControlException {
        try (ControlClient client = control.send(request)) {
            return client.line();
        }
    }

    /** Passes each live mapping to {@code reader}, page by page. */
    protected final void forEachMapping(Consumer<JsonObject> reader) throws ControlException {
        String request = "mappings";
        while (!request.isEmpty()) {
            JsonObject page = JsonAnswer.read(line(request));
            page.getAsJsonArray("mappings").forEach(mapping -> reader.accept(mapping.getAsJsonObject()));
            JsonElement next = page.get("next");
            request = next.isJsonNull() ? "" : "mappings " + next;
        }
    }

    /** Sends a request whose response can take long, because natexd has to work first or waits for an event. */
    protected final ControlClient sendAndWait(String request) throws ControlException {
        return control.sendAndWait(request);
    }

    /** Reads the first line of the response to a request to watch; {@link ControlClient#event} reads what follows. */
    protected static String watching(ControlClient client) throws ControlException {
        String first = client.line();
        JsonElement records = JsonAnswer.read(first).get("records");
        ControlClient.checkRecords(records == null ? 0 : records.getAsInt());
        return first;
    }

    protected final PrintWriter out() {
        return spec.commandLine().getOut();
    }

    protected final CommandSpec spec() {
        return spec;
    }

    private void complain(ControlException e) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("natexctl: " + e.reason());
        err.println("  fix: " + e.remedy());
        err.flush();
    }

    private static int exitCode(ControlException e) {
        return switch (e.kind()) {
            case NOT_RUNNING -> ExitCodes.NOT_RUNNING;
            case REFUSED -> ExitCodes.NO_PERMISSION;
            case IN_USE, FAILED -> ExitCodes.FAILED;
        };
    }
}
