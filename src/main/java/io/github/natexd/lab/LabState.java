package io.github.natexd.lab;

import io.github.natexd.linux.emulation.Namespace;
import io.github.natexd.linux.libc.Libc;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The state of a lab on disk, with which another process can remove the lab: {@code /run/natexd-lab/NAME/owner} has the
 * process id and start time of the process that runs the hub. The names of the namespaces begin with
 * {@code natexd-lab-NAME-}.
 *
 * <p>After a crash, another process may have the same process id; with the start time it is unambiguous.
 */
public final class LabState {
    static final Path ROOT = Path.of("/run/natexd-lab");

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,30}");
    private static final int SWEEPS = 20;
    private static final long PATIENCE_MILLIS = 5000;

    private final String name;

    public LabState(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "a lab's name must have 1 to 31 lower-case letters, digits and hyphens; this one does not: "
                            + name);
        }
        this.name = name;
    }

    /** The names of the labs that are up or were left behind. */
    static List<String> names() {
        if (!Files.isDirectory(ROOT)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(ROOT)) {
            return entries.map(entry -> entry.getFileName().toString())
                    .filter(entry -> NAME.matcher(entry).matches())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String name() {
        return name;
    }

    Path directory() {
        return ROOT.resolve(name);
    }

    String namespace(Node node) {
        return namespace(node.label());
    }

    /** @param node letters and digits: a hyphen could make it the namespace of a lab with a longer name */
    public String namespace(String node) {
        return "natexd-lab-" + name + "-" + node;
    }

    /** The namespaces that there are, whatever nodes this lab has. */
    List<String> namespaces() {
        Pattern own = Pattern.compile(Pattern.quote(namespace("")) + "[a-z0-9]+");
        Path directory = Path.of(Namespace.DIRECTORY);
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString())
                    .filter(entry -> own.matcher(entry).matches())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean exists() {
        return Files.isDirectory(directory());
    }

    /**
     * Reserves the name for this process.
     *
     * @throws IllegalStateException if a lab of this name exists, or if the caller is not root
     */
    public void create() {
        requireRoot();
        try {
            Files.createDirectories(ROOT);
            Files.createDirectory(directory());
            long pid = ProcessHandle.current().pid();
            // In one step, so that no reader finds an incomplete file.
            Path half = directory().resolve("owner.new");
            Files.writeString(half, pid + " " + startTime(pid).orElse("?") + "\n");
            Files.move(half, directory().resolve("owner"), StandardCopyOption.ATOMIC_MOVE);
        } catch (FileAlreadyExistsException e) {
            throw new IllegalStateException(
                    "the lab " + name + " exists already; remove it: natexctl lab down --name " + name, e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot create " + directory() + " (this needs root): " + e.getMessage(), e);
        }
    }

    static void requireRoot() {
        if (Libc.INSTANCE.geteuid() != 0) {
            throw new IllegalStateException("the lab uses network namespaces, which needs root; run it with sudo");
        }
    }

    /** The process that runs the hub, if it is still alive. */
    Optional<ProcessHandle> owner() {
        try {
            String[] words =
                    Files.readString(directory().resolve("owner")).strip().split(" ");
            long pid = Long.parseLong(words[0]);
            boolean same = startTime(pid).filter(words[1]::equals).isPresent();
            return same ? ProcessHandle.of(pid) : Optional.empty();
        } catch (IOException | NumberFormatException | ArrayIndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }

    /** Ends the owner (unless it is this process) and all processes in the namespaces; removes namespaces and state. */
    public void remove() {
        owner().filter(process -> process.pid() != ProcessHandle.current().pid())
                .ifPresent(LabState::end);
        for (String namespace : namespaces()) {
            if (isHere(namespace)) {
                release(namespace);
            } else {
                sweep(namespace);
            }
        }
        try {
            if (exists()) {
                try (Stream<Path> tree = Files.walk(directory())) {
                    for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                        Files.deleteIfExists(path);
                    }
                }
            }
            if (names().isEmpty()) {
                Files.deleteIfExists(ROOT);
            }
        } catch (DirectoryNotEmptyException e) {
            // Another process has just begun another lab.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isHere(String namespace) {
        try {
            return Files.isSameFile(Path.of(Namespace.DIRECTORY, namespace), Path.of("/proc/self/ns/net"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** If the host is this machine itself, removes only the name and the wire to r1, with its interface. */
    private void release(String host) {
        Shell.result(null, Shell.LIMIT, List.of("ip", "-n", namespace(Node.R1), "link", "del", Topology.DOWN));
        Shell.run(null, "ip", "netns", "del", host);
    }

    /** Ends every process in a namespace of the lab: only the lab's own processes run there. */
    private static void sweep(String namespace) {
        for (int i = 0; i < SWEEPS; i++) {
            List<ProcessHandle> inside = Shell.run(null, "ip", "netns", "pids", namespace)
                    .lines()
                    .map(line -> ProcessHandle.of(Long.parseLong(line.strip())))
                    .flatMap(Optional::stream)
                    .filter(process -> process.pid() != ProcessHandle.current().pid())
                    .toList();
            if (inside.isEmpty()) {
                break;
            }
            inside.forEach(i < 3 ? ProcessHandle::destroy : ProcessHandle::destroyForcibly);
            pause(100);
        }
        Shell.run(null, "ip", "netns", "del", namespace);
    }

    private static void end(ProcessHandle process) {
        process.destroy();
        for (long waited = 0; process.isAlive() && waited < PATIENCE_MILLIS; waited += 50) {
            pause(50);
        }
        process.destroyForcibly();
        for (long waited = 0; process.isAlive() && waited < PATIENCE_MILLIS; waited += 50) {
            pause(50);
        }
    }

    /** Field 22 of {@code /proc/PID/stat}; the command name before it may contain blanks and parentheses. */
    private static Optional<String> startTime(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            return Optional.of(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[19]);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
