package io.github.natexd.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What natexd-keepalive does, in a file that natexd reads for its status. systemd makes the directory, and removes it when
 * the service ends, however it ends.
 */
final class KeepaliveState {
    private static final Logger LOG = LoggerFactory.getLogger(KeepaliveState.class);
    private static final Path DIRECTORY = Path.of("/run/natexd-keepalive");
    private static final String NAME = "state";

    private KeepaliveState() {}

    /** Empty: the service does not run. */
    static Optional<String> read() {
        try {
            return Optional.of(Files.readString(DIRECTORY.resolve(NAME)).strip());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** @param directory the value of RUNTIME_DIRECTORY; null: systemd has not started this process */
    static void write(@Nullable String directory, String words) {
        if (directory == null) {
            return;
        }
        Path state = Path.of(directory, NAME);
        try {
            // At one time: natexd never reads half of it.
            Path next = Files.writeString(state.resolveSibling(NAME + ".new"), words + "\n");
            Files.move(next, state, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            LOG.warn("cannot write {}: {}", state, e.getMessage());
        }
    }
}
