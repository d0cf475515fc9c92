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

/** What all commands share that talk to a running natexd: where it listens, and how long to wait for it. */
public final class ControlOptions {
    private static final int TIMEOUT_MILLIS = 5_000;

    @Option(
            names = "--socket",
            paramLabel = "PATH",
            description = "natexd's control socket (default: " + Config.DEFAULT_SOCKET + ", or what "
                    + Config.DEFAULT_FILE + " says if that is not there)")
    private @Nullable Path socket;

    /** Sends a request to the natexd that is meant. */
    public ControlClient send(String request) throws ControlException {
        return ControlClient.send(path(), request, TIMEOUT_MILLIS);
    }

    /** Likewise, and waits as long as it takes for each line of the answer. */
    ControlClient sendAndWait(String request) throws ControlException {
        return ControlClient.send(path(), request, 0);
    }

    /** Reading a configuration takes longer than asking natexd: it is read only where it is needed. */
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
                return usual; // natexd itself, or check-config, says what is wrong with it.
            }
        }
        return usual;
    }
}
