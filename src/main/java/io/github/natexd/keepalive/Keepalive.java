package io.github.natexd.keepalive;

import io.github.natexd.config.Config;
import io.github.natexd.linux.bpf.ConnectPrograms;
import io.github.natexd.linux.bpf.ControlGroups;
import io.github.natexd.linux.libc.Errno;
import io.github.natexd.linux.libc.EventFd;
import io.github.natexd.linux.libc.OsException;
import io.github.natexd.linux.libc.Poller;
import io.github.natexd.linux.libc.ProcessEnd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the {@link KeepaliveProgram} attached to the control group of each NAT process. The program compares the process
 * id, so that it makes no difference who else is in that group: VMware's other services, or a whole session of a user who
 * started them by hand.
 *
 * <p>The kernel reports the end of a process that is known. It reports no beginning that would not wake natexd for every
 * program that the host starts, so new NAT processes are looked for: every few seconds while there is none, and seldom
 * while there is one.
 */
public final class Keepalive implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Keepalive.class);

    private static final Path PROC = Path.of("/proc");
    private static final long SEARCH_MILLIS = 3_000;
    private static final long LOOK_AGAIN_MILLIS = 30_000;
    /** Anybody can give a program this name: that many of users other than root are served. */
    private static final int USERS_MAX = 16;

    /** The inode of the namespace in which the kernel counts processes for programs (PROC_PID_INIT_INO). */
    private static final String INITIAL_NAMESPACE = "pid:[4026531836]";

    private final Config.Keepalive settings;
    private final Consumer<String> status;
    private final Path groups;
    private final NatProcesses processes = new NatProcesses(PROC);
    private final EventFd stop = new EventFd();
    private final Map<Long, Attached> attached = new LinkedHashMap<>();
    /** What was said last of a process that the program could not be attached for, so that it is said once. */
    private final Map<Long, String> troubles = new LinkedHashMap<>();

    private record Attached(Path group, boolean isRoots, ProcessEnd end, ConnectPrograms programs) {
        void close() {
            programs.close();
            end.close();
        }
    }

    /**
     * Checks whether this can work here.
     *
     * @param status is told what it does, in words, whenever that changes
     * @throws OsException if it cannot; with the cause and the remedy
     */
    public Keepalive(Config.Keepalive settings, Consumer<String> status) throws IOException {
        this.settings = settings;
        this.status = status;
        ConnectPrograms.check(KeepaliveProgram.forProcess(1, settings));
        if (!Files.readSymbolicLink(PROC.resolve("self/ns/pid")).toString().equals(INITIAL_NAMESPACE)) {
            throw new OsException(
                    "find out the process id of " + NatProcesses.NAME,
                    Errno.EINVAL,
                    "in a container, process ids differ from those of the host, which the kernel compares; run"
                            + " natexd-keepalive on the host");
        }
        groups = ControlGroups.mountPoint(PROC)
                .orElseThrow(() -> new OsException(
                        "find the control groups of version 2",
                        Errno.ENOENT,
                        "they are not mounted; mount -t cgroup2 cgroup2 DIRECTORY (systemd does it)"));
    }

    /** Runs until {@link #stop}, and then detaches everything. */
    public void run() throws IOException {
        try {
            tell();
            while (true) {
                update();
                Poller poller = new Poller(1 + attached.size());
                poller.register(stop.descriptor());
                attached.values().forEach(one -> poller.register(one.end().descriptor()));
                poller.poll(attached.isEmpty() ? SEARCH_MILLIS : LOOK_AGAIN_MILLIS);
                if (stop.drain()) {
                    return;
                }
            }
        } finally {
            attached.values().forEach(Attached::close);
            attached.clear();
        }
    }

    /** Ends {@link #run}; from any thread. */
    public void stop() {
        stop.signal();
    }

    private void update() throws IOException {
        String before = words();
        Set<Long> found = new HashSet<>(processes.find());
        troubles.keySet().retainAll(found);
        attached.entrySet().removeIf(entry -> {
            boolean over = !found.contains(entry.getKey()) || hasMoved(entry.getKey(), entry.getValue());
            if (over) {
                entry.getValue().close();
            }
            return over;
        });
        for (long processId : new TreeSet<>(found)) {
            if (!attached.containsKey(processId)) {
                boolean isRoots = processes.isRoots(processId);
                if (isRoots || users() < USERS_MAX) {
                    attach(processId, isRoots);
                }
            }
        }
        if (!words().equals(before)) {
            tell();
        }
    }

    private void tell() {
        LOG.info("{}", words());
        status.accept(words());
    }

    private boolean hasMoved(long processId, Attached present) {
        try {
            return !ControlGroups.of(processId, PROC, groups).equals(present.group());
        } catch (IOException e) {
            return true; // it has ended
        }
    }

    /** How many processes of others than root are served. */
    private long users() {
        return attached.values().stream().filter(one -> !one.isRoots()).count();
    }

    private void attach(long processId, boolean isRoots) {
        ProcessEnd end = null;
        try {
            // Watched first, and looked at again then: the process id is that of the NAT process from now to its end.
            end = new ProcessEnd(processId);
            Path group = ControlGroups.of(processId, PROC, groups);
            if (!processes.isOne(processId)) {
                end.close();
                return;
            }
            ConnectPrograms programs =
                    ConnectPrograms.attach(group, KeepaliveProgram.forProcess((int) processId, settings));
            attached.put(processId, new Attached(group, isRoots, end, programs));
            troubles.remove(processId);
        } catch (IOException | OsException e) {
            if (end != null) {
                end.close();
            }
            String trouble = String.valueOf(e.getMessage());
            if (processes.isOne(processId) && !trouble.equals(troubles.put(processId, trouble))) {
                LOG.warn("no keepalives for process {}: {}", processId, trouble);
                status.accept("no keepalives for process " + processId + ": " + trouble);
            }
        }
    }

    private String words() {
        return attached.isEmpty()
                ? "waiting for VMware's NAT process (" + NatProcesses.NAME + ")"
                : "new TCP connections of " + NatProcesses.NAME + " send keepalives (process "
                        + String.join(
                                ", ",
                                attached.keySet().stream().map(String::valueOf).toList())
                        + ")";
    }

    @Override
    public void close() {
        stop.close();
    }
}
