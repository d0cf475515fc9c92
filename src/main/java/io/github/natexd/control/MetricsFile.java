package io.github.natexd.control;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the metrics to a file for node_exporter's textfile collector. Writes to a second file and renames it, so that
 * readers never see an incomplete file. Removes the file when natexd ends, so that old numbers do not look like new
 * ones.
 */
public final class MetricsFile {
    private static final Logger LOG = LoggerFactory.getLogger(MetricsFile.class);

    private final Path file;
    private final Path draft;
    private final long intervalNanos;
    private long nextNanos;
    private String complaint = "";

    public MetricsFile(Path file, Duration interval) {
        this.file = file;
        draft = file.resolveSibling("." + file.getFileName() + ".new");
        intervalNanos = interval.toNanos();
        nextNanos = System.nanoTime();
    }

    /** The time at which {@link #write} is due. */
    long nextNanos() {
        return nextNanos;
    }

    void write(DaemonView daemon) {
        nextNanos = System.nanoTime() + intervalNanos;
        try {
            Files.writeString(draft, Metrics.text(daemon.status(), Instant.now()));
            Files.setPosixFilePermissions(draft, PosixFilePermissions.fromString("rw-r--r--"));
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            complaint = "";
        } catch (IOException e) {
            complain("cannot write " + file + ": " + remedy(e));
        } catch (ControlException e) {
            complain("cannot update the metrics in " + file + ": " + e.reason());
        }
    }

    private String remedy(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "there is no " + file.getParent() + "; create it, or set metrics.textfile to another path";
        }
        if (e instanceof AccessDeniedException || String.valueOf(e.getMessage()).contains("Read-only")) {
            return "natexd may not write in " + file.getParent()
                    + "; give its user the permission, and add ReadWritePaths= to its unit (systemctl edit natexd)";
        }
        return String.valueOf(e.getMessage());
    }

    /** Logs each kind of failure only once, because it recurs at every interval. */
    private void complain(String message) {
        if (!message.equals(complaint)) {
            complaint = message;
            LOG.warn("{}", message);
        }
    }

    void remove() {
        try {
            Files.deleteIfExists(draft);
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("cannot remove {}: {}", file, e.getMessage());
        }
    }
}
