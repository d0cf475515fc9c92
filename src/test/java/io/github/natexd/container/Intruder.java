package io.github.natexd.container;

import io.github.natexd.linux.libc.Errno;
import io.github.natexd.linux.libc.Libc;
import io.github.natexd.linux.libc.Native;
import java.io.File;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;

/**
 * What an attacker who has taken over natexd might try. A test runs it in natexd's place: under the same unit, as the
 * same user, with the same runtime and libraries. Each line of its output is an attempt, a tab and the result: {@code
 * refused}, or what the kernel said instead. The arguments are such that a call which the kernel permits does no harm.
 */
final class Intruder {
    /** Its last line. */
    static final String LAST = "come to the end";

    private static final File NOTHING = new File("/dev/null");
    private static final int EROFS = 30;

    /** The results that mean that the kernel does not permit it. */
    private static final Set<Integer> REFUSALS =
            Set.of(Errno.EPERM, Errno.EACCES, EROFS, Errno.ENOSYS, Errno.EAFNOSUPPORT);

    private static final boolean IS_AMD64 = System.getProperty("os.arch").equals("amd64");
    private static final int CLONE_NEWUSER = 0x1000_0000;
    private static final int CLONE_NEWIPC = 0x0800_0000;
    private static final int READ_IMPLIES_EXEC = 0x0400000;
    private static final int SCHED_FIFO = 1;
    private static final int PRIO_PROCESS = 0;
    private static final int IO_URING_PARAMS_LENGTH = 120;
    private static final int FAMILY_MAX = 45;

    private Intruder() {}

    public static void main(String[] arguments) throws IOException {
        calls();
        sockets();
        files();
        programs();
        processes();
        network();
        say(LAST, "done");
    }

    private static void calls() {
        call("trace a process", 101, 117, 0, 0, 0); // PTRACE_TRACEME
        call("read the memory of another process", 310, 270, Libc.INSTANCE.getpid(), 0, 0);
        call("unshare users", 272, 97, CLONE_NEWUSER, 0, 0);
        call("unshare the network", 272, 97, Libc.CLONE_NEWNET, 0, 0);
        call("unshare mounts", 272, 97, Libc.CLONE_NEWNS, 0, 0);
        call("unshare IPC", 272, 97, CLONE_NEWIPC, 0, 0);
        call("enter a namespace", 308, 268, -1, Libc.CLONE_NEWNET, 0);
        call("mount", 165, 40, 0, 0, 0);
        call("change the root", 161, 51, 0, 0, 0);
        call("load a module", 175, 105, 0, 0, 0);
        call("load a module's file", 313, 273, -1, 0, 0);
        call("unload a module", 176, 106, 0, 0, 0);
        call("load a BPF program", 321, 280, 0, 0, 0);
        call("count events of the kernel", 298, 241, 0, 0, -1);
        call("handle page faults", 323, 282, 1, 0, 0); // UFFD_USER_MODE_ONLY
        call("read keys", 250, 219, 0, -3, 0); // KEYCTL_GET_KEYRING_ID of the session
        call("add a key", 248, 217, 0, 0, 0);
        ByteBuffer parameters = Native.allocate(IO_URING_PARAMS_LENGTH);
        call("open a ring", 425, 425, 1, Native.address(parameters), 0);
        Reference.reachabilityFence(parameters);
        call("load a kernel", 246, 104, 0, 0, 0);
        call("reboot", 169, 142, 0, 0, 0); // without its magic numbers
        call("set the clock", 227, 112, 0, 0, 0);
        call("set the host's name", 170, 161, 0, 0, 0);
        call("read the kernel's log", 103, 116, 10, 0, 0); // SYSLOG_ACTION_SIZE_BUFFER
        call("make memory executable by default", 135, 92, READ_IMPLIES_EXEC, 0, 0);
        call("become root", 105, 146, 0, 0, 0);
        call("open a file by its handle", 304, 265, -1, 0, 0);
        call("make a file without a name", 319, 279, 0, 0, 0);
        call("run in real time", 144, 119, 0, SCHED_FIFO, 0);
        call("run more often", 141, 140, PRIO_PROCESS, 0, -20);
    }

    private static void call(String attempt, int onAmd64, int onArm64, long first, long second, long third) {
        report(attempt, Libc.INSTANCE.syscall(IS_AMD64 ? onAmd64 : onArm64, first, second, third));
    }

    private static void report(String attempt, long result) {
        int errno = Libc.lastError();
        say(attempt, result >= 0 ? "done" : REFUSALS.contains(errno) ? "refused" : Errno.name(errno));
    }

    private static void say(String attempt, String result) {
        System.out.println(attempt + "\t" + result);
    }

    /** Each family whose sockets can be opened, with the type that it takes. */
    private static void sockets() {
        for (int family = 0; family <= FAMILY_MAX; family++) {
            for (int type : List.of(Libc.SOCK_DGRAM, Libc.SOCK_RAW, 1, 5)) {
                int descriptor = Libc.INSTANCE.socket(family, type, 0);
                if (descriptor >= 0) {
                    say("socket of family " + family, "done");
                    Libc.INSTANCE.close(descriptor);
                    break;
                }
            }
        }
    }

    /** Each file and directory that it can write, except below /proc. */
    private static void files() throws IOException {
        Files.walkFileTree(Path.of("/"), new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                if (directory.equals(Path.of("/proc"))) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                return visitFile(directory, attributes);
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (!attributes.isSymbolicLink() && Files.isWritable(file)) {
                    say(way(file, attributes) + file, "done");
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
                return FileVisitResult.CONTINUE;
            }
        });
        for (String each :
                List.of("/proc/sys/net/ipv4/ip_forward", "/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger")) {
            say("write " + each, Files.isWritable(Path.of(each)) ? "done" : "refused");
        }
        for (String each : List.of("/etc/shadow", "/root", "/home", "/proc/1/environ", "/proc/kcore", "/dev/mem")) {
            say("read " + each, Files.isReadable(Path.of(each)) ? "done" : "refused");
        }
    }

    private static String way(Path file, BasicFileAttributes attributes) {
        if (attributes.isDirectory() || attributes.isRegularFile()) {
            return attributes.isDirectory() ? "write directory " : "write file ";
        }
        return file.startsWith("/run") ? "connect to " : "write other ";
    }

    /** Programs that it has written itself, and one of the host. */
    private static void programs() throws IOException {
        for (String directory : List.of("/tmp", "/var/tmp", "/run/natexd", "/run/natexd-keepalive")) {
            Path program = Path.of(directory, "intruder");
            if (!Files.isWritable(Path.of(directory))) {
                continue;
            }
            Files.writeString(program, "#!/bin/sh\n");
            Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
            say("run " + program, run(program.toString()));
            Files.delete(program);
        }
        say("run a program of the host", run("/bin/true"));
        say("run a setuid program as root", run("/bin/su", "--command", "true"));
    }

    private static String run(String... command) {
        try {
            return new ProcessBuilder(command)
                                    .redirectInput(NOTHING)
                                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                                    .start()
                                    .waitFor()
                            == 0
                    ? "done"
                    : "refused";
        } catch (IOException e) {
            return "refused";
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void processes() throws IOException {
        int others = 0;
        try (var entries = Files.list(Path.of("/proc"))) {
            for (Path entry : entries.filter(
                            each -> each.getFileName().toString().matches("\\d+"))
                    .toList()) {
                Object owner = Files.getAttribute(entry, "unix:uid");
                others += owner.equals(Libc.INSTANCE.geteuid()) ? 0 : 1;
            }
        }
        say("see processes of other users", others > 0 ? "done" : "refused");
        report("signal a process of another user", Libc.INSTANCE.kill(1, 0));
    }

    /** What its capabilities permit on the host's network. */
    private static void network() {
        say("add a route", run("ip", "route", "add", "blackhole", "203.0.113.0/24"));
        say("remove a route", run("ip", "route", "delete", "blackhole", "203.0.113.0/24"));
        say("add a firewall rule", run("nft", "add", "table", "ip", "intruder"));
        say("remove a firewall rule", run("nft", "delete", "table", "ip", "intruder"));
    }
}
