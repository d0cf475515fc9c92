package io.github.natexd.daemon;

/** Why natexd cannot start, with the remedy, and the exit code that says it to scripts. */
final class StartException extends Exception {
    private static final long serialVersionUID = 1;

    private final ExitCode exitCode;

    StartException(ExitCode exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    ExitCode exitCode() {
        return exitCode;
    }
}
