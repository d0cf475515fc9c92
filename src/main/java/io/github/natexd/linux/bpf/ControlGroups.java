package io.github.natexd.linux.bpf;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Where the control groups of version 2 are, the only ones that programs can be attached to (cgroups(7)). */
public final class ControlGroups {
    /** Of version 2, in /proc/PID/cgroup: {@code 0::/system.slice/vmware.service}. */
    private static final String VERSION_2 = "0::/";

    private ControlGroups() {}

    /**
     * Where version 2 is mounted: /sys/fs/cgroup, or /sys/fs/cgroup/unified where both versions are in use. Empty: nowhere.
     *
     * @param proc where the proc file system is
     */
    public static Optional<Path> mountPoint(Path proc) throws IOException {
        for (String line : Files.readAllLines(proc.resolve("self/mountinfo"), StandardCharsets.UTF_8)) {
            // 30 24 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw
            String[] fields = line.split(" ");
            if (line.contains(" - cgroup2 ") && fields[3].equals("/")) {
                return Optional.of(Path.of(fields[4]));
            }
        }
        return Optional.empty();
    }

    /**
     * The directory of the group that a process is in.
     *
     * @throws IOException also if the process has ended
     */
    public static Path of(long processId, Path proc, Path mountPoint) throws IOException {
        Path file = proc.resolve(processId + "/cgroup");
        for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
            if (line.startsWith(VERSION_2)) {
                return mountPoint.resolve(line.substring(VERSION_2.length()));
            }
        }
        throw new IOException(file + " names no control group of version 2");
    }
}
