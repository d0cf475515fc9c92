package io.github.natexd.lab.scenario;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A counter of {@code /proc/net/snmp} or {@code netstat}, in one node: a line with names, then one with values, both
 * beginning with the group.
 */
record KernelCounter(Stage stage, String node, String file, String group, String name) {
    long value() {
        return stage.in(node, this::read);
    }

    /** The file of the thread: {@code /proc/net} is that of the process. */
    private long read() throws IOException {
        List<String> rows = Files.readAllLines(Path.of("/proc/thread-self/net", file)).stream()
                .filter(line -> line.startsWith(group + ":"))
                .toList();
        int column = List.of(rows.get(0).split(" ")).indexOf(name);
        if (column < 0) {
            throw new IllegalStateException("this kernel has no counter " + group + " " + name);
        }
        return Long.parseLong(rows.get(1).split(" ")[column]);
    }
}
