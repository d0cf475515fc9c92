package io.github.natexd.cli.running;

import io.github.natexd.config.Config;
import io.github.natexd.config.ConfigException;
import io.github.natexd.config.ConfigReader;
import io.github.natexd.control.ControlClient;
import io.github.natexd.control.ControlException;
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
        return ControlClient.send(path(), request, TIMEOUT_MILLIS);
    }

    /** Sends a request to natexd, and waits without a limit for each line of the response. */
    ControlClient sendAndWait(String request) throws ControlException {
        return ControlClient.send(path(), request, 0);
    }

    /** Reading a configuration takes longer than a query, so it is read only if the default socket does not exist. */
    private Path path() {
        if (socket != null) {
            return socket;
        }
        Path usual = Path.of(Config.DEFAULT_SOCKET);
        Path file = Path.of(Config.DEFAULT_FILE);
        if (!Files.exists(usual) && Files.isReadable(file)) {
            try {
                return Path.of(ConfigReader.read(file).control().socket());
            } catch (ConfigException e) {
                return usual; // natexd itself and check-config report what is wrong with it.
            }
        }
        return usual;
    }
}
