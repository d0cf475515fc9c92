package io.github.natexd.linux.bpf;

import io.github.natexd.linux.libc.Errno;
import io.github.natexd.linux.libc.Libc;
import io.github.natexd.linux.libc.Native;
import io.github.natexd.linux.libc.OsException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A program that the kernel runs whenever a process of a control group calls connect(2) on an IPv4 or IPv6 socket
 * (BPF_PROG_TYPE_CGROUP_SOCK_ADDR). It is attached by links (BPF_LINK_CREATE): when their descriptors are closed, also by
 * the death of this process, the program is gone.
 * <pre>
 * union bpf_attr
 *   for BPF_PROG_LOAD:    0 u32 program type; 4 u32 number of instructions; 8 u64 instructions;
 *                        16 u64 licence; 48 char name[16]; 68 u32 hook
 *   for BPF_LINK_CREATE:  0 u32 program; 4 u32 control group; 8 u32 hook; 12 u32 flags
 * </pre>
 */
public final class ConnectPrograms implements AutoCloseable {
    /** The number of bpf(2), one of the few calls of natexd that has not the same number everywhere. */
    private static final long BPF = System.getProperty("os.arch").equals("aarch64") ? 280 : 321;

    private static final int BPF_PROG_LOAD = 5;
    private static final int BPF_LINK_CREATE = 28;
    private static final int BPF_PROG_TYPE_CGROUP_SOCK_ADDR = 18;
    private static final int BPF_CGROUP_INET4_CONNECT = 10;
    private static final int BPF_CGROUP_INET6_CONNECT = 11;
    private static final int[] HOOKS = {BPF_CGROUP_INET4_CONNECT, BPF_CGROUP_INET6_CONNECT};

    private static final int LOAD_LENGTH = 72;
    private static final int INSTRUCTION_COUNT = 4;
    private static final int INSTRUCTIONS = 8;
    private static final int LICENCE = 16;
    private static final int NAME = 48;
    private static final int LOAD_HOOK = 68;
    private static final int LINK_LENGTH = 16;
    private static final int LINK_CONTROL_GROUP = 4;
    private static final int LINK_HOOK = 8;

    private static final byte[] NAME_OCTETS = "natexd_connect".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] LICENCE_OCTETS = "GPL\0".getBytes(StandardCharsets.US_ASCII);

    private final int[] links;

    private ConnectPrograms(int[] links) {
        this.links = links;
    }

    /**
     * Has the kernel check the program for each of the two hooks, and attaches it nowhere.
     *
     * @throws OsException if it must not or cannot be loaded here; with the cause and the remedy
     */
    public static void check(long[] instructions) {
        for (int hook : HOOKS) {
            Libc.INSTANCE.close(load(instructions, hook));
        }
    }

    /** Attaches the program to a control group (of version 2) and those below it, beside what others have attached. */
    public static ConnectPrograms attach(Path controlGroup, long[] instructions) {
        int directory = OsException.check(
                Libc.INSTANCE.open(controlGroup.toString(), Libc.O_RDONLY | Libc.O_CLOEXEC, 0),
                "open the control group " + controlGroup);
        ConnectPrograms programs = new ConnectPrograms(new int[] {-1, -1});
        try {
            for (int i = 0; i < HOOKS.length; i++) {
                programs.links[i] = link(directory, load(instructions, HOOKS[i]), HOOKS[i], controlGroup);
            }
            return programs;
        } catch (OsException e) {
            programs.close();
            throw e;
        } finally {
            Libc.INSTANCE.close(directory);
        }
    }

    private static int load(long[] instructions, int hook) {
        ByteBuffer code = Native.allocate(instructions.length * Long.BYTES);
        code.asLongBuffer().put(instructions);
        ByteBuffer licence = Native.allocate(LICENCE_OCTETS.length).put(0, LICENCE_OCTETS);
        ByteBuffer attributes = Native.allocate(LOAD_LENGTH);
        attributes.putInt(0, BPF_PROG_TYPE_CGROUP_SOCK_ADDR);
        attributes.putInt(INSTRUCTION_COUNT, instructions.length);
        attributes.putLong(INSTRUCTIONS, Native.address(code));
        attributes.putLong(LICENCE, Native.address(licence));
        attributes.put(NAME, NAME_OCTETS);
        attributes.putInt(LOAD_HOOK, hook);
        int program = bpf(BPF_PROG_LOAD, attributes);
        int errno = Libc.lastError();
        Reference.reachabilityFence(code);
        Reference.reachabilityFence(licence);
        if (program < 0) {
            throw new OsException("load the keepalive program into the kernel", errno, hint(errno));
        }
        return program;
    }

    /** The link keeps the program, so the program's own descriptor is closed. */
    private static int link(int directory, int program, int hook, Path controlGroup) {
        ByteBuffer attributes = Native.allocate(LINK_LENGTH);
        attributes.putInt(0, program);
        attributes.putInt(LINK_CONTROL_GROUP, directory);
        attributes.putInt(LINK_HOOK, hook);
        int link = bpf(BPF_LINK_CREATE, attributes);
        int errno = Libc.lastError();
        Libc.INSTANCE.close(program);
        if (link < 0) {
            throw new OsException("attach the keepalive program to " + controlGroup, errno, linkHint(errno));
        }
        return link;
    }

    private static String hint(int errno) {
        return switch (errno) {
            case Errno.EPERM ->
                "this needs CAP_BPF and CAP_NET_ADMIN; start it with systemd (systemctl start natexd-keepalive) or as"
                        + " root, on Linux 5.9 or later";
            case Errno.EINVAL, Errno.ENOSYS ->
                "this kernel does not support natexd-keepalive, which needs Linux 5.9 or later with CONFIG_CGROUP_BPF;"
                        + " the kernels of Debian, Ubuntu and Fedora have it";
            default -> "";
        };
    }

    private static String linkHint(int errno) {
        return errno == Errno.EPERM
                ? "another program is attached to this control group or one above it and allows no second one; bpftool"
                        + " cgroup tree shows which"
                : hint(errno);
    }

    private static int bpf(int command, ByteBuffer attributes) {
        long answer = Libc.INSTANCE.syscall(BPF, command, Native.address(attributes), attributes.capacity());
        Reference.reachabilityFence(attributes);
        return (int) answer;
    }

    /** Detaches the program. Connections that it has seen keep their options. */
    @Override
    public void close() {
        for (int i = 0; i < links.length; i++) {
            if (links[i] >= 0) {
                Libc.INSTANCE.close(links[i]);
                links[i] = -1;
            }
        }
    }
}
