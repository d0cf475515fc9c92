package io.github.natexd.cli.doctor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What /proc shows of processes and of netfilter's sockets, in the network namespace of the calling thread. It only reads.
 * What only root may see is an AccessDeniedException, so that it does not count as absent.
 */
public final class Proc {
    private static final String NETFILTER = "12";

    private final Path proc;

    /** @param root the root directory; tests use another one */
    public Proc(Path root) {
        proc = root.resolve("proc");
    }

    /**
     * A queue of NFQUEUE, or a group of NFLOG, that a process reads.
     *
     * @param port the port id of the listener's netlink socket: often the process id, but not always
     * @param dropped packets that the kernel could not hand over (NFQUEUE only)
     */
    public record Listener(long port, long dropped) {}

    /** Which process reads this queue: /proc/net/netfilter/nfnetlink_queue, for root only. */
    public Optional<Listener> queue(int number) throws IOException {
        // queue number, port id, waiting, copy mode, copy range, dropped by queue, dropped by socket, last id, 1
        return listener("nfnetlink_queue", number, 5, 6);
    }

    /** Which process reads this group: /proc/net/netfilter/nfnetlink_log, for root only. */
    public Optional<Listener> logGroup(int number) throws IOException {
        return listener("nfnetlink_log", number);
    }

    private Optional<Listener> listener(String file, int number, int... dropped) throws IOException {
        for (String line : lines("thread-self/net/netfilter/" + file)) {
            String[] fields = line.strip().split("\\s+");
            if (fields.length > 1 && fields[0].equals(String.valueOf(number))) {
                long sum = 0;
                for (int field : dropped) {
                    sum += field < fields.length ? Long.parseLong(fields[field]) : 0;
                }
                return Optional.of(new Listener(Long.parseLong(fields[1]), sum));
            }
        }
        return Optional.empty();
    }

    /**
     * The process that holds the netfilter socket with this port id; empty: none that is visible.
     *
     * @throws AccessDeniedException if it may be one whose descriptors this user must not see
     */
    public OptionalLong holder(long port) throws IOException {
        Set<String> sockets = new HashSet<>();
        for (String line : lines("thread-self/net/netlink")) {
            String[] fields = line.strip().split("\\s+");
            if (fields.length > 9 && fields[1].equals(NETFILTER) && fields[2].equals(Long.toString(port))) {
                sockets.add("socket:[" + fields[9] + "]");
            }
        }
        AccessDeniedException denied = null;
        for (long processId : processes()) {
            try {
                if (holdsAny(processId, sockets)) {
                    return OptionalLong.of(processId);
                }
            } catch (AccessDeniedException e) {
                denied = e;
            }
        }
        if (denied != null) {
            throw denied;
        }
        return OptionalLong.empty();
    }

    private boolean holdsAny(long processId, Set<String> sockets) throws IOException {
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(proc.resolve(processId + "/fd"))) {
            for (Path descriptor : descriptors) {
                if (sockets.contains(target(descriptor))) {
                    return true;
                }
            }
        } catch (NoSuchFileException e) {
            // The process has ended.
        }
        return false;
    }

    private static String target(Path link) throws IOException {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (NoSuchFileException e) {
            return ""; // it is closed by now
        }
    }

    /** The ids of the visible processes. */
    public List<Long> processes() throws IOException {
        List<Long> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path entry : entries) {
                found.add(Long.valueOf(entry.getFileName().toString()));
            }
        }
        return found;
    }

    /** The words of a process's command line; empty if it has ended. */
    public List<String> commandLine(long processId) throws IOException {
        try {
            byte[] octets = Files.readAllBytes(proc.resolve(processId + "/cmdline"));
            return List.of(new String(octets, StandardCharsets.UTF_8).split("\0"));
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            if (String.valueOf(e.getMessage()).contains("No such process")) {
                return List.of(); // it ended between open and read
            }
            throw e;
        }
    }

    /** Whether a process is in the network namespace of the calling thread. */
    public boolean sharesNetwork(long processId) throws IOException {
        return target(proc.resolve(processId + "/ns/net")).equals(target(proc.resolve("thread-self/ns/net")));
    }

    /** The effective capabilities of a process: bit N for capability number N (linux/capability.h). */
    public long capabilities(long processId) throws IOException {
        for (String line : lines(processId + "/status")) {
            if (line.startsWith("CapEff:")) {
                return Long.parseUnsignedLong(line.substring("CapEff:".length()).strip(), 16);
            }
        }
        throw new IOException("no CapEff in /proc/" + processId + "/status");
    }

    /** A file below /proc, line by line. */
    public List<String> lines(String file) throws IOException {
        Path path = proc.resolve(file);
        try {
            return Files.readAllLines(path, StandardCharsets.UTF_8);
        } catch (IOException e) {
            // The kernel refuses some files only when they are read.
            if (String.valueOf(e.getMessage()).contains("not permitted")) {
                throw new AccessDeniedException(path.toString());
            }
            throw e;
        }
    }
}
