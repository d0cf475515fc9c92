package io.github.natexd.linux.netfilter;

import io.github.natexd.linux.libc.Errno;
import io.github.natexd.linux.libc.EventFd;
import io.github.natexd.linux.libc.Libc;
import io.github.natexd.linux.libc.OsException;
import java.nio.file.Path;
import java.util.function.IntFunction;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Pointer;
import jnr.ffi.annotations.Delegate;
import jnr.ffi.types.u_int16_t;
import jnr.ffi.types.u_int32_t;
import jnr.ffi.types.u_int8_t;
import org.jspecify.annotations.Nullable;

/**
 * The functions of libnetfilter_queue that set up a queue (libnetfilter_queue.h).
 *
 * <p>The library does not check pointers: a NULL ends the process, not the call. So every pointer from or
 * to it goes through {@link #gate}.
 *
 * <p>Public only because jnr-ffi implements it in its own class loader; no other package may use it.
 */
public interface NetfilterQueueLibrary {
    String NAME = "libnetfilter_queue.so.1";

    byte NFQNL_COPY_PACKET = 2;
    int NFQA_CFG_F_FAIL_OPEN = 1;

    /** The library calls it for each packet that it received itself. */
    interface PacketCallback {
        @Delegate
        int packet(Pointer queue, Pointer message, Pointer packet, Pointer data);
    }

    @Nullable
    Pointer nfq_open();

    int nfq_close(Pointer handle);

    int nfq_fd(Pointer handle);

    @Nullable
    Pointer nfq_create_queue(Pointer handle, @u_int16_t int number, PacketCallback callback, Pointer data);

    int nfq_destroy_queue(Pointer queue);

    int nfq_set_mode(Pointer queue, @u_int8_t byte mode, @u_int32_t int copyRange);

    int nfq_set_queue_maxlen(Pointer queue, @u_int32_t int packets);

    int nfq_set_queue_flags(Pointer queue, @u_int32_t int mask, @u_int32_t int flags);

    /** struct { be32 packet id; be16 protocol; u8 hook; }, or NULL if the message has none. */
    @Nullable
    Pointer nfq_get_msg_packet_hdr(Pointer packet);

    /**
     * Returns the pointer; throws if it is NULL, with the errno of the call that returned it.
     *
     * @param hint what an errno means here; empty: its general meaning
     */
    static Pointer gate(@Nullable Pointer pointer, String operation, IntFunction<String> hint) {
        if (pointer == null || pointer.address() == 0) {
            int errno = Libc.lastError();
            throw new OsException(operation, errno, hint.apply(errno));
        }
        return pointer;
    }

    /**
     * Loads the library.
     *
     * @throws OsException if it is missing, with the package that has it; or if no descriptor is left
     */
    static NetfilterQueueLibrary load() {
        try {
            return LibraryLoader.create(NetfilterQueueLibrary.class)
                    .failImmediately()
                    .load(NAME);
        } catch (UnsatisfiedLinkError e) {
            // The loader does not say why. Without a free descriptor it can open no library; then this fails, too.
            new EventFd().close();
            throw new OsException(
                    "load " + NAME, Errno.ENOENT, Packages.of(Path.of("/")).installQueueLibrary());
        }
    }
}
