package io.github.natexd.cli.running;

import io.github.natexd.cli.form.ExitCodes;
import io.github.natexd.control.ControlClient;
import io.github.natexd.control.ControlException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command that asks a running natexd: the questions, and the exit codes when there is no answer. */
abstract class DaemonCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Mixin
    private final ControlOptions control = new ControlOptions();

    @Override
    public final Integer call() {
        try {
            int code = ask();
            out().flush();
            return code;
        } catch (ControlException e) {
            out().flush();
            complain(e);
            return exitCode(e);
        }
    }

    /** Asks, and prints the answer; answers the exit code. */
    abstract int ask() throws ControlException;

    /** Sends a request whose answer is one line; answers that line. */
    final String line(String request) throws ControlException {
        try (ControlClient client = control.send(request)) {
            return client.line();
        }
    }

    /** Sends a request whose lines may take long: natexd has to do something first, or something has to happen. */
    final ControlClient sendAndWait(String request) throws ControlException {
        return control.sendAndWait(request);
    }

    final PrintWriter out() {
        return spec.commandLine().getOut();
    }

    final CommandSpec spec() {
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
