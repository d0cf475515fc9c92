package io.github.natexd.keepalive;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Finds VMware's NAT processes, of which there is one for each network with NAT, by the name of their program. */
final class NatProcesses {
    static final String NAME = "vmnet-natd";

    private final Path proc;

    NatProcesses(Path proc) {
        this.proc = proc;
    }

    /** Their process ids, as far as the process file system shows them to this user. */
    List<Long> find() throws IOException {
        List<Long> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path entry : entries) {
                long processId = Long.parseLong(entry.getFileName().toString());
                if (isOne(processId)) {
                    found.add(processId);
                }
            }
        }
        return found;
    }

    boolean isOne(long processId) {
        try {
            // 4711 (vmnet-natd) S 1 … (proc(5)); Z has ended, and only its parent has not taken notice.
            String start = processId + " (" + NAME + ") ";
            String stat = Files.readString(proc.resolve(processId + "/stat"), StandardCharsets.ISO_8859_1);
            return stat.startsWith(start) && !stat.startsWith("Z", start.length());
        } catch (IOException e) {
            return false; // it has ended meanwhile, or belongs to others
        }
    }

    /** Whether it runs as root, as VMware's does. */
    boolean isRoots(long processId) {
        try {
            // Uid: real, effective, saved and file system's
            String status = Files.readString(proc.resolve(processId + "/status"), StandardCharsets.ISO_8859_1);
            return status.lines().anyMatch(line -> line.matches("Uid:\\s+\\d+\\s+0\\s.*"));
        } catch (IOException e) {
            return false;
        }
    }
}
