package io.github.natexd.linux;

import com.kenai.jffi.MemoryIO;
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
     * The address of a direct buffer's index 0. Valid as long as the buffer is reachable: keep it in a field.
     * Allocates nothing.
     */
    public static long address(ByteBuffer buffer) {
        if (!buffer.isDirect()) {
            throw new IllegalArgumentException("not a direct buffer: its address would not stay");
        }
        return MEMORY.getDirectBufferAddress(buffer);
    }

    /** {@code setsockopt} with an int; answers whether the kernel took it. */
    static boolean trySetOption(int descriptor, int level, int option, int value) {
        ByteBuffer memory = allocate(Integer.BYTES).putInt(0, value);
        return Libc.INSTANCE.setsockopt(descriptor, level, option, address(memory), Integer.BYTES) == 0;
    }

    static void setOption(int descriptor, int level, int option, int value, String operation) {
        if (!trySetOption(descriptor, level, option, value)) {
            throw new OsException(operation, Libc.lastError());
        }
    }

    /** A receive buffer of so many octets, beyond the system's limit where CAP_NET_ADMIN allows that, else up to it. */
    static void setReceiveBuffer(int descriptor, int octets) {
        if (!trySetOption(descriptor, Libc.SOL_SOCKET, Libc.SO_RCVBUFFORCE, octets)) {
            trySetOption(descriptor, Libc.SOL_SOCKET, Libc.SO_RCVBUF, octets);
        }
    }
}
