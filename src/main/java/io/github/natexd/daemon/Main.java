package io.github.natexd.daemon;

import org.slf4j.LoggerFactory;

/** natexd in the foreground: what systemd starts. */
public final class Main {
    /** What to end with: natexd's own verdict, not the JVM's 143 for a SIGTERM, which is how natexd is meant to end. */
    private static volatile ExitCode exitCode = ExitCode.OK;

    private Main() {}

    public static void main(String[] words) {
        Logging.setUp();
        try {
            Arguments arguments = Arguments.parse(words);
            exitCode = switch (arguments.verb()) {
                case RUN -> run(arguments);
                case HELP -> say(Arguments.usage());
                case VERSION -> say("natexd " + version() + System.lineSeparator());
            };
        } catch (StartException e) {
            System.err.println("natexd: " + e.getMessage());
            exitCode = e.exitCode();
        } catch (RuntimeException | Error e) {
            LoggerFactory.getLogger(Main.class).error("natexd has failed and ends", e);
            exitCode = ExitCode.FAILURE;
        }
        System.exit(exitCode.code());
    }

    private static ExitCode run(Arguments arguments) throws StartException {
        Natexd natexd = new Natexd();
        Thread.setDefaultUncaughtExceptionHandler((thread, e) -> natexd.fail(e));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(natexd), "stop"));
        HangUp.handle(natexd::reloadBySignal);
        natexd.init(arguments.config());
        natexd.start();
        return natexd.awaitEnd() == null ? ExitCode.OK : ExitCode.FAILURE;
    }

    private static void end(Natexd natexd) {
        ExitCode code = ExitCode.FAILURE;
        try {
            natexd.stop();
            natexd.destroy();
            code = natexd.hasFailed() ? ExitCode.FAILURE : exitCode;
            if (code == ExitCode.OK) {
                LoggerFactory.getLogger(Main.class).info("stopped");
            }
        } finally {
            System.err.flush();
            Runtime.getRuntime().halt(code.code());
        }
    }

    private static ExitCode say(String text) {
        System.out.print(text);
        return ExitCode.OK;
    }

    static String version() {
        String version = Main.class.getPackage().getImplementationVersion();
        return version == null ? "(not packaged)" : version;
    }
}
