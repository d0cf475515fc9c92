package io.github.natexd.linux.libc;

import com.kenai.jffi.MemoryIO;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Memory that both Java and the kernel can see: direct buffers and their addresses. */
public final class Native {
    private static final MemoryIO MEMORY = MemoryIO.getInstance();

    private Native() {}

    /** Zeroed memory off the heap, in the machine's byte order; freed with the buffer. */
    public static ByteBuffer allocate(int octets) {
        return ByteBuffer.allocateDirect(octets).order(ByteOrder.nativeOrder());
    }

    /**
     * The address of a direct buffer's index 0. Valid as long as the buffer is reachable: keep it in a field, or fence it.
     * Allocates nothing.
     */
    public static long address(ByteBuffer buffer) {
        if (!buffer.isDirect()) {
            throw new IllegalArgumentException("not a direct buffer: its address would not stay");
        }
        return MEMORY.getDirectBufferAddress(buffer);
    }

    /** {@code setsockopt} with an int; returns whether the kernel accepted it. */
    public static boolean trySetOption(int descriptor, int level, int option, int value) {
        return setOption(descriptor, level, option, allocate(Integer.BYTES).putInt(0, value), Integer.BYTES) == 0;
    }

    /** {@code setsockopt} with a structure; returns its result. */
    public static int setOption(int descriptor, int level, int option, ByteBuffer value, int length) {
        try {
            return Libc.INSTANCE.setsockopt(descriptor, level, option, address(value), length);
        } finally {
            Reference.reachabilityFence(value); // else its memory might be freed before the kernel reads it
        }
    }

    /** {@code bind} to the address in the first octets of {@code name}; returns its result. */
    public static int bind(int descriptor, ByteBuffer name, int length) {
        try {
            return Libc.INSTANCE.bind(descriptor, address(name), length);
        } finally {
            Reference.reachabilityFence(name);
        }
    }

    public static void setOption(int descriptor, int level, int option, int value, String operation) {
        if (!trySetOption(descriptor, level, option, value)) {
            throw new OsException(operation, Libc.lastError());
        }
    }

    /** Sets the size of the receive buffer: with CAP_NET_ADMIN as given, else at most the system's limit. */
    public static void setReceiveBuffer(int descriptor, int octets) {
        if (!trySetOption(descriptor, Libc.SOL_SOCKET, Libc.SO_RCVBUFFORCE, octets)) {
            trySetOption(descriptor, Libc.SOL_SOCKET, Libc.SO_RCVBUF, octets);
        }
    }
}
