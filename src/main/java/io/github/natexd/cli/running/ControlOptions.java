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
    private static final Path USUAL = Path.of(Config.DEFAULT_SOCKET);
    private static final Path FILE = Path.of(Config.DEFAULT_FILE);
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
        if (socket != null) {
            return ControlClient.send(socket, request, timeoutMillis);
        }
        Path path = Files.exists(USUAL) || !Files.isReadable(FILE) ? USUAL : configured();
        try {
            return ControlClient.send(path, request, timeoutMillis);
        } catch (ControlException e) {
            if (e.kind() != Kind.NOT_RUNNING || path.equals(USUAL)) {
                throw e;
            }
            throw new ControlException(
                    e.kind(),
                    e.reason(),
                    e.remedy() + "; if control.socket was changed while natexd runs, write the old one after --socket");
        }
    }

    private static Path configured() throws ControlException {
        try {
            return Path.of(ConfigReader.read(FILE).control().socket());
        } catch (ConfigException e) {
            throw new ControlException(
                    Kind.NOT_RUNNING,
                    "natexd is not running, or listens elsewhere: there is no " + USUAL + ", and " + FILE
                            + ", which may set another socket, cannot be read:\n" + e.getMessage(),
                    "correct the file; if natexd runs, write its socket after --socket");
        }
    }
}
