package io.github.natexd.cli.running;

import io.github.natexd.config.Config;
import io.github.natexd.config.ConfigException;
import io.github.natexd.config.ConfigReader;
import io.github.natexd.control.ControlClient;
import io.github.natexd.control.ControlException;
import io.github.natexd.control.ControlException.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What the commands that query a running natexd share: its socket, and how long to wait for a response. */
final class ControlOptions {
    private static final int TIMEOUT_MILLIS = 5_000;

    @Option(
            names = "--socket",
            paramLabel = "PATH",
            description = "natexd's control socket (default: " + Config.DEFAULT_SOCKET + ", or if that does not exist,"
                    + " the one that " + Config.DEFAULT_FILE + " sets)")
    private @Nullable Path socket;

    /** Sends a request to natexd. */
    ControlClient send(String request) throws ControlException {
        return send(request, TIMEOUT_MILLIS);
    }

    /** Sends a request to natexd, and waits without a limit for each line of the response. */
    ControlClient sendAndWait(String request) throws ControlException {
        return send(request, 0);
    }

    /** Reading a configuration takes longer than a query, so it is read only if the default socket does not exist. */
    private ControlClient send(String request, int timeoutMillis) throws ControlException {
        Path usual = Path.of(Config.DEFAULT_SOCKET);
        Path file = Path.of(Config.DEFAULT_FILE);
        if (socket != null) {
            return ControlClient.send(socket, request, timeoutMillis);
        } else if (Files.exists(usual) || !Files.isReadable(file)) {
            return ControlClient.send(usual, request, timeoutMillis);
        }
        return sendTo(configured(file, usual), usual, request, timeoutMillis);
    }

    private static ControlClient sendTo(Path configured, Path usual, String request, int timeoutMillis)
            throws ControlException {
        try {
            return ControlClient.send(configured, request, timeoutMillis);
        } catch (ControlException e) {
            if (e.kind() != Kind.NOT_RUNNING || configured.equals(usual)) {
                throw e;
            }
            throw new ControlException(
                    e.kind(),
                    e.reason(),
                    e.remedy() + "; if control.socket was changed while natexd runs, write the old one after --socket");
        }
    }

    private static Path configured(Path file, Path usual) throws ControlException {
        try {
            return Path.of(ConfigReader.read(file).control().socket());
        } catch (ConfigException e) {
            throw new ControlException(
                    Kind.NOT_RUNNING,
                    "natexd is not running, or listens elsewhere: there is no " + usual + ", and " + file
                            + ", which may set another socket, cannot be read:\n" + e.getMessage(),
                    "correct the file; if natexd runs, write its socket after --socket");
        }
    }
}
