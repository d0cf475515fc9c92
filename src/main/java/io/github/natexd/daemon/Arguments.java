package io.github.natexd.daemon;

import io.github.natexd.config.Config;
import java.nio.file.Path;
import java.util.Optional;

/** natexd's command line: so small that the daemon needs no library for it. */
record Arguments(Verb verb, Optional<Path> config) {
    enum Verb {
        RUN,
        KEEPALIVE,
        HELP,
        VERSION
    }

    /** Formatted only on request: formatting loads some hundred classes. */
    static String usage() {
        return """
            Usage: natexd run [--config FILE]
                   natexd keepalive [--config FILE]
                   natexd --help | --version

            run        relays ICMP errors to VMware Workstation guests behind NAT, so that traceroute works in them
            keepalive  switches TCP keepalives on for the connections that VMware's NAT process makes; see
                       natexd-keepalive(8)
            Each stays in the foreground, logs to standard error, reports "ready" there, and ends on SIGTERM.

              --config FILE   the configuration (default: %s, or natexd's
                              defaults if that does not exist)

            Environment:
              NATEXD_LOG_LEVEL   trace, debug, info (default), warn or error

            Exit codes: 0 ended by SIGTERM or SIGINT; 1 failure; 2 the command line is wrong; 69 a required part of the
            system is missing; 77 a permission is missing; 78 the configuration has mistakes.
            """.formatted(Config.DEFAULT_FILE);
    }

    static Arguments parse(String[] words) throws StartException {
        Verb verb = null;
        Optional<Path> config = Optional.empty();
        for (int i = 0; i < words.length; i++) {
            String word = words[i];
            if (word.equals("--help") || word.equals("-h")) {
                return new Arguments(Verb.HELP, config);
            } else if (word.equals("--version")) {
                return new Arguments(Verb.VERSION, config);
            } else if (word.equals("run") && verb == null) {
                verb = Verb.RUN;
            } else if (word.equals("keepalive") && verb == null) {
                verb = Verb.KEEPALIVE;
            } else if (word.equals("--config") && i + 1 < words.length) {
                config = Optional.of(Path.of(words[++i]));
            } else if (word.startsWith("--config=")) {
                config = Optional.of(Path.of(word.substring("--config=".length())));
            } else {
                throw new StartException(ExitCode.USAGE, "unexpected argument '" + word + "'; see natexd --help");
            }
        }
        if (verb == null) {
            throw new StartException(ExitCode.USAGE, "the command is missing: natexd run; see natexd --help");
        }
        return new Arguments(verb, config);
    }
}
