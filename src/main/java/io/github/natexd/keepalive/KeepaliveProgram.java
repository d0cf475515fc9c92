package io.github.natexd.keepalive;

import io.github.natexd.config.Config;
import java.util.Arrays;

/**
 * The program that the kernel runs whenever a process of the NAT's control group connects a socket. If it is the NAT
 * process itself and the socket is TCP, the program switches keepalives on; the kernel then sends them without anybody's
 * help. As C it would be:
 * <pre>
 * int connect(struct bpf_sock_addr *context)
 * {
 *     if (context->type == SOCK_STREAM &amp;&amp; context->protocol == IPPROTO_TCP
 *             &amp;&amp; bpf_get_current_pid_tgid() >> 32 == NAT) {
 *         int value = IDLE;
 *         bpf_setsockopt(context, SOL_TCP, TCP_KEEPIDLE, &amp;value, sizeof value);
 *         … likewise the other options …
 *     }
 *     return 1;
 * }
 * </pre>
 * Every path returns 1, because 0 would refuse the connection. For the same reason nobody looks at what bpf_setsockopt
 * returns: a connection without keepalives is better than none.
 *
 * <p>An instruction is a {@code long}, as in struct bpf_insn of linux/bpf.h on a little-endian machine: operation 0–7,
 * destination register 8–11, source register 12–15, offset 16–31, immediate 32–63.
 */
public final class KeepaliveProgram {
    /** Jump targets are relative, so that the first branch must reach over all options. */
    private static final int INSTRUCTIONS_MAX = 64;

    private static final int LOAD_WORD = 0x61; // BPF_LDX | BPF_MEM | BPF_W
    private static final int STORE_WORD = 0x62; // BPF_ST | BPF_MEM | BPF_W
    private static final int ADD = 0x07; // BPF_ALU64 | BPF_ADD | BPF_K
    private static final int SHIFT_RIGHT = 0x77; // BPF_ALU64 | BPF_RSH | BPF_K
    private static final int SET = 0xb7; // BPF_ALU64 | BPF_MOV | BPF_K
    private static final int COPY = 0xbf; // BPF_ALU64 | BPF_MOV | BPF_X
    private static final int JUMP_UNEQUAL = 0x55; // BPF_JMP | BPF_JNE | BPF_K
    private static final int CALL = 0x85; // BPF_JMP | BPF_CALL
    private static final int EXIT = 0x95; // BPF_JMP | BPF_EXIT

    private static final int GET_CURRENT_PID_TGID = 14;
    private static final int SETSOCKOPT = 49;

    /** In struct bpf_sock_addr. */
    private static final int CONTEXT_TYPE = 32;

    private static final int CONTEXT_PROTOCOL = 36;

    private static final int SOCK_STREAM = 1;
    private static final int IPPROTO_TCP = 6;
    private static final int SOL_SOCKET = 1;
    private static final int SO_KEEPALIVE = 9;
    private static final int TCP_KEEPIDLE = 4;
    private static final int TCP_KEEPINTVL = 5;
    private static final int TCP_KEEPCNT = 6;
    private static final int TCP_USER_TIMEOUT = 18;
    private static final int MILLIS = 1_000;

    /** Kept by the kernel's functions, as r1 to r5 are not. */
    private static final int CONTEXT = 6;

    private static final int FRAME = 10;
    /** Where the option's value stands, below the end of the stack. */
    private static final int VALUE = -4;

    private static final int VALUE_LENGTH = 4;

    private final long[] instructions = new long[INSTRUCTIONS_MAX];
    private final int[] branches = new int[INSTRUCTIONS_MAX];
    private int length;
    private int branchCount;

    private KeepaliveProgram() {}

    /**
     * The program's instructions.
     *
     * @param processId of the NAT process, as the initial process namespace numbers it
     */
    public static long[] forProcess(int processId, Config.Keepalive settings) {
        KeepaliveProgram program = new KeepaliveProgram();
        program.add(COPY, CONTEXT, 1, 0, 0);
        program.leaveUnless(CONTEXT_TYPE, SOCK_STREAM);
        program.leaveUnless(CONTEXT_PROTOCOL, IPPROTO_TCP);
        program.add(CALL, 0, 0, 0, GET_CURRENT_PID_TGID);
        program.add(SHIFT_RIGHT, 0, 0, 0, Integer.SIZE);
        program.leaveIfUnequal(0, processId);
        program.option(IPPROTO_TCP, TCP_KEEPIDLE, settings.idleSeconds());
        program.option(IPPROTO_TCP, TCP_KEEPINTVL, settings.intervalSeconds());
        program.option(IPPROTO_TCP, TCP_KEEPCNT, settings.count());
        settings.userTimeoutSeconds()
                .ifPresent(seconds -> program.option(IPPROTO_TCP, TCP_USER_TIMEOUT, seconds * MILLIS));
        program.option(SOL_SOCKET, SO_KEEPALIVE, 1);
        return program.end();
    }

    private void leaveUnless(int contextOffset, int value) {
        add(LOAD_WORD, 2, CONTEXT, contextOffset, 0);
        leaveIfUnequal(2, value);
    }

    /** The target becomes known in {@link #end}. */
    private void leaveIfUnequal(int register, int value) {
        branches[branchCount++] = length;
        add(JUMP_UNEQUAL, register, 0, 0, value);
    }

    private void option(int level, int option, int value) {
        add(STORE_WORD, FRAME, 0, VALUE, value);
        add(COPY, 1, CONTEXT, 0, 0);
        add(SET, 2, 0, 0, level);
        add(SET, 3, 0, 0, option);
        add(COPY, 4, FRAME, 0, 0);
        add(ADD, 4, 0, 0, VALUE);
        add(SET, 5, 0, 0, VALUE_LENGTH);
        add(CALL, 0, 0, 0, SETSOCKOPT);
    }

    private long[] end() {
        for (int i = 0; i < branchCount; i++) {
            // An offset counts from the next instruction.
            instructions[branches[i]] |= (long) (length - branches[i] - 1) << 16;
        }
        add(SET, 0, 0, 0, 1);
        add(EXIT, 0, 0, 0, 0);
        return Arrays.copyOf(instructions, length);
    }

    private void add(int operation, int destination, int source, int offset, int immediate) {
        instructions[length++] =
                operation | destination << 8 | source << 12 | (offset & 0xffffL) << 16 | (long) immediate << 32;
    }
}
