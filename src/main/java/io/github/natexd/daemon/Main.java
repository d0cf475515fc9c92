package io.github.natexd.daemon;

import org.slf4j.LoggerFactory;

/** natexd in the foreground: what systemd starts. */
public final class Main {
    private Main() {}

    public static void main(String[] words) {
        Logging.setUp();
        ExitCode code;
        try {
            Arguments arguments = Arguments.parse(words);
            code = switch (arguments.verb()) {
                case RUN -> run(arguments);
                case HELP -> say(Arguments.USAGE);
                case VERSION -> say("natexd " + version() + System.lineSeparator());
            };
        } catch (StartException e) {
            System.err.println("natexd: " + e.getMessage());
            code = e.exitCode();
        }
        System.exit(code.code());
    }

    private static ExitCode run(Arguments arguments) throws StartException {
        Natexd natexd = new Natexd();
        natexd.init(arguments.config());
        natexd.start();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> endAsTold(natexd), "stop"));
        Throwable cause = natexd.awaitEnd();
        return cause == null ? ExitCode.OK : ExitCode.FAILURE;
    }

    /** SIGTERM is how natexd is meant to end: exit code 0, not the JVM's 143. */
    private static void endAsTold(Natexd natexd) {
        natexd.stop();
        if (natexd.hasFailed()) {
            return;
        }
        LoggerFactory.getLogger(Main.class).info("stopped");
        System.err.flush();
        Runtime.getRuntime().halt(ExitCode.OK.code());
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
