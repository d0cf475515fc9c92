package io.github.natexd.linux.packet;

import io.github.natexd.linux.libc.Libc;
import io.github.natexd.linux.libc.Native;
import io.github.natexd.linux.libc.OsException;
import java.nio.ByteBuffer;

/**
 * A classic BPF program that selects packets from a network's traffic. Everything else stays in the kernel.
 * <pre>
 * struct sock_filter { u16 code; u8 jump if true; u8 jump if false; u32 k; };
 * struct sock_fprog  { u16 length; sock_filter *filter; };
 * </pre>
 */
public final class PacketFilter {
    private static final int INSTRUCTION_LENGTH = 8;
    private static final int PROGRAM_HEADER_LENGTH = 16;
    private static final int FILTER_POINTER = 8;

    private static final int LOAD_WORD = 0x20; // BPF_LD | BPF_W | BPF_ABS
    private static final int LOAD_HALF = 0x28; // BPF_LD | BPF_H | BPF_ABS
    private static final int LOAD_OCTET = 0x30; // BPF_LD | BPF_B | BPF_ABS
    private static final int LOAD_OCTET_INDEXED = 0x50; // BPF_LD | BPF_B | BPF_IND
    private static final int LOAD_HEADER_LENGTH = 0xb1; // BPF_LDX | BPF_B | BPF_MSH: X = 4 * (octet & 15)
    private static final int JUMP_EQUAL = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
    private static final int JUMP_GREATER = 0x25; // BPF_JMP | BPF_JGT | BPF_K
    private static final int JUMP_SET = 0x45; // BPF_JMP | BPF_JSET | BPF_K
    private static final int RETURN = 0x06; // BPF_RET | BPF_K

    /** Where an Ethernet frame has its type. */
    private static final int ETHER_TYPE = 12;

    /** Where the kernel provides the type of a packet that has no link-layer header. */
    private static final int ANCILLARY_PROTOCOL = -0x1000; // SKF_AD_OFF + SKF_AD_PROTOCOL

    private static final int ETHER_TYPE_IPV4 = 0x0800;
    private static final int ETHERNET_HEADER_LENGTH = 14;
    private static final int FRAGMENT = 6;
    private static final int FRAGMENT_OFFSET_MASK = 0x1fff;
    private static final int TTL = 8;
    private static final int PROTOCOL = 9;
    private static final int SOURCE = 12;
    private static final int DESTINATION = 16;
    private static final int UDP = 17;
    private static final int ICMP = 1;
    private static final int WHOLE = 0x4_0000;
    private static final int ECHO_REPLY = 0;

    /** No octet has this value. */
    private static final int NO_TYPE = 0x100;

    /** What is right for each kind of socket. */
    private interface Program {
        /**
         * Jump targets count from the next instruction; the column on the right is the instruction's own number.
         *
         * @param etherType where the type is loaded from
         * @param ipv4 where the IPv4 header begins
         */
        int[][] instructions(int etherType, int ipv4);
    }

    private final Program program;

    private PacketFilter(Program program) {
        this.program = program;
    }

    /**
     * What natexd has to see: probes (UDP or ICMP echo requests with a small TTL) and ICMP errors, first fragments only.
     *
     * @param maxTtl the largest TTL of a probe
     */
    public static PacketFilter probes(int maxTtl) {
        return probes(maxTtl, false);
    }

    /** @param echoReplies select ICMP echo replies, too */
    static PacketFilter probes(int maxTtl, boolean echoReplies) {
        int reply = echoReplies ? ECHO_REPLY : NO_TYPE;
        return new PacketFilter((etherType, ipv4) -> probes(etherType, ipv4, maxTtl, reply));
    }

    /** IPv4 packets from and to one address, and all ICMP errors. */
    public static PacketFilter about(int address) {
        return new PacketFilter((etherType, ipv4) -> about(etherType, ipv4, address));
    }

    private static int[][] probes(int etherType, int ipv4, int maxTtl, int reply) {
        return new int[][] {
            {LOAD_HALF, 0, 0, etherType}, // 0
            {JUMP_EQUAL, 0, 17, ETHER_TYPE_IPV4}, // 1: else 19
            {LOAD_HALF, 0, 0, ipv4 + FRAGMENT}, // 2
            {JUMP_SET, 15, 0, FRAGMENT_OFFSET_MASK}, // 3: later fragment: 19
            {LOAD_OCTET, 0, 0, ipv4 + PROTOCOL}, // 4
            {JUMP_EQUAL, 10, 0, UDP}, // 5: 16
            {JUMP_EQUAL, 0, 12, ICMP}, // 6: else 19
            {LOAD_HEADER_LENGTH, 0, 0, ipv4}, // 7
            {LOAD_OCTET_INDEXED, 0, 0, ipv4}, // 8: the ICMP type
            {JUMP_EQUAL, 6, 0, 8}, // 9: echo request: 16
            {JUMP_EQUAL, 7, 0, 3}, // 10: destination unreachable: 18
            {JUMP_EQUAL, 6, 0, 4}, // 11: source quench
            {JUMP_EQUAL, 5, 0, 5}, // 12: redirect
            {JUMP_EQUAL, 4, 0, 11}, // 13: time exceeded
            {JUMP_EQUAL, 3, 0, 12}, // 14: parameter problem
            {JUMP_EQUAL, 2, 3, reply}, // 15: echo reply: 18; else 19
            {LOAD_OCTET, 0, 0, ipv4 + TTL}, // 16: a probe?
            {JUMP_GREATER, 1, 0, maxTtl}, // 17: 19
            {RETURN, 0, 0, WHOLE}, // 18
            {RETURN, 0, 0, 0}, // 19
        };
    }

    private static int[][] about(int etherType, int ipv4, int address) {
        return new int[][] {
            {LOAD_HALF, 0, 0, etherType}, // 0
            {JUMP_EQUAL, 0, 14, ETHER_TYPE_IPV4}, // 1: else 16
            {LOAD_WORD, 0, 0, ipv4 + SOURCE}, // 2
            {JUMP_EQUAL, 11, 0, address}, // 3: 15
            {LOAD_WORD, 0, 0, ipv4 + DESTINATION}, // 4
            {JUMP_EQUAL, 9, 0, address}, // 5: 15
            {LOAD_HALF, 0, 0, ipv4 + FRAGMENT}, // 6
            {JUMP_SET, 8, 0, FRAGMENT_OFFSET_MASK}, // 7: later fragment: 16
            {LOAD_OCTET, 0, 0, ipv4 + PROTOCOL}, // 8
            {JUMP_EQUAL, 0, 6, ICMP}, // 9: else 16
            {LOAD_HEADER_LENGTH, 0, 0, ipv4}, // 10
            {LOAD_OCTET_INDEXED, 0, 0, ipv4}, // 11: the ICMP type
            {JUMP_EQUAL, 2, 0, 3}, // 12: destination unreachable: 15
            {JUMP_EQUAL, 1, 0, 11}, // 13: time exceeded
            {JUMP_EQUAL, 0, 1, 12}, // 14: parameter problem; else 16
            {RETURN, 0, 0, WHOLE}, // 15
            {RETURN, 0, 0, 0}, // 16
        };
    }

    /** For a socket that gets Ethernet frames. */
    void attach(int descriptor) {
        attach(descriptor, program.instructions(ETHER_TYPE, ETHERNET_HEADER_LENGTH));
    }

    /** For a socket that gets packets without a link-layer header. */
    void attachWithoutHeader(int descriptor) {
        attach(descriptor, program.instructions(ANCILLARY_PROTOCOL, 0));
    }

    private static void attach(int descriptor, int[][] program) {
        ByteBuffer memory = Native.allocate(PROGRAM_HEADER_LENGTH + program.length * INSTRUCTION_LENGTH);
        memory.putShort(0, (short) program.length);
        memory.putLong(FILTER_POINTER, Native.address(memory) + PROGRAM_HEADER_LENGTH);
        memory.position(PROGRAM_HEADER_LENGTH);
        for (int[] instruction : program) {
            memory.putShort((short) instruction[0]);
            memory.put((byte) instruction[1]).put((byte) instruction[2]);
            memory.putInt(instruction[3]);
        }
        int answer =
                Native.setOption(descriptor, Libc.SOL_SOCKET, Libc.SO_ATTACH_FILTER, memory, PROGRAM_HEADER_LENGTH);
        OsException.check(answer, "attach packet filter");
    }
}
