package io.github.natexd.daemon;

import org.slf4j.LoggerFactory;

/** Runs natexd or natexd-keepalive in the foreground; systemd starts this class. */
public final class Main {
    /**
     * The exit code. It replaces the 143 that the JVM would return after a SIGTERM, which is the normal way to stop
     * natexd.
     */
    private static volatile ExitCode exitCode = ExitCode.OK;

    private Main() {}

    public static void main(String[] words) {
        Logging.setUp();
        try {
            Arguments arguments = Arguments.parse(words);
            exitCode = switch (arguments.verb()) {
                case RUN -> run(arguments);
                case KEEPALIVE -> keepalive(arguments);
                case HELP -> print(Arguments.usage());
                case VERSION -> print("natexd " + version() + System.lineSeparator());
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

    private static ExitCode keepalive(Arguments arguments) throws StartException {
        KeepaliveService service = new KeepaliveService();
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            service.stop();
                            System.err.flush();
                            Runtime.getRuntime().halt(exitCode.code());
                        },
                        "stop"));
        service.run(arguments.config());
        return ExitCode.OK;
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

    private static ExitCode print(String text) {
        System.out.print(text);
        return ExitCode.OK;
    }

    static String version() {
        String version = Main.class.getPackage().getImplementationVersion();
        return version == null ? "(not packaged)" : version;
    }
}
