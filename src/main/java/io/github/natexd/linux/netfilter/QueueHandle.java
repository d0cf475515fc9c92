package io.github.natexd.linux.netfilter;

import io.github.natexd.linux.libc.Errno;
import io.github.natexd.linux.libc.Native;
import io.github.natexd.linux.libc.OsException;
import io.github.natexd.linux.netlink.NetlinkSocket;
import jnr.ffi.Pointer;

/**
 * A netfilter queue that libnetfilter_queue sets up and takes down. In between only its descriptor is used.
 *
 * <p>Order matters. Flags, length and buffers come before the copy mode: packets flow from the moment it is set. Until
 * then the kernel drops what a rule sends to the queue, even if the rule says bypass.
 */
final class QueueHandle implements AutoCloseable {
    /** Octets of socket buffer for each packet that may wait: a 576-octet error occupies about this much. */
    private static final int BUFFER_PER_PACKET = 2048;

    private static final int BUFFER_MIN = 1 << 20;
    private static final int BUFFER_MAX = 64 << 20;

    private final NetfilterQueueLibrary library;
    private final Pointer handle;
    private final Pointer queue;
    private final int descriptor;
    // A field, because the library keeps the function's address: Java must not collect the object.
    private final NetfilterQueueLibrary.PacketCallback callback = this::packetDuringSetUp;
    private boolean packetsDuringSetUp;
    private int lastPacketId;

    QueueHandle(int number, int maxLength, int copyRange) {
        library = NetfilterQueueLibrary.load();
        handle = NetfilterQueueLibrary.gate(
                library.nfq_open(), "open netfilter queues", errno -> bindHint(errno, number));
        try {
            queue = NetfilterQueueLibrary.gate(
                    library.nfq_create_queue(handle, number, callback, handle),
                    "bind netfilter queue " + number,
                    errno -> bindHint(errno, number));
            descriptor = library.nfq_fd(handle);
            configure(number, maxLength, copyRange);
        } catch (OsException e) {
            library.nfq_close(handle); // the kernel unbinds what the descriptor had bound
            throw e;
        }
    }

    private static String bindHint(int errno, int number) {
        if (NetlinkSocket.isUnknownToKernel(errno)) {
            return "this kernel has no NFQUEUE (CONFIG_NETFILTER_NETLINK_QUEUE): modprobe nfnetlink_queue, or use"
                    + " another kernel";
        }
        if (errno != Errno.EPERM && errno != Errno.EBUSY) {
            return "";
        }
        return "either CAP_NET_ADMIN is missing (run as root or as natexd.service), or another process owns queue "
                + number
                + " (is natexd running already? if not, choose another number under [queue]); `natexctl doctor`, run as"
                + " root, names the owner";
    }

    private void configure(int number, int maxLength, int copyRange) {
        String operation = "configure netfilter queue " + number;
        int failOpen = NetfilterQueueLibrary.NFQA_CFG_F_FAIL_OPEN;
        OsException.check(library.nfq_set_queue_flags(queue, failOpen, failOpen), operation + ": fail-open");
        OsException.check(library.nfq_set_queue_maxlen(queue, maxLength), operation + ": length");
        long buffer = (long) maxLength * BUFFER_PER_PACKET;
        Native.setReceiveBuffer(descriptor, (int) Math.max(BUFFER_MIN, Math.min(buffer, BUFFER_MAX)));
        NetlinkSocket.noOverrunErrors(descriptor);
        OsException.check(
                library.nfq_set_mode(queue, NetfilterQueueLibrary.NFQNL_COPY_PACKET, copyRange),
                operation + ": copy mode");
    }

    /**
     * If rules of an earlier natexd are still loaded, packets may arrive between the copy mode and its acknowledgement.
     * The library receives them while it waits; they, too, need a verdict.
     */
    private int packetDuringSetUp(Pointer queue, Pointer message, Pointer packet, Pointer data) {
        Pointer header = library.nfq_get_msg_packet_hdr(packet);
        if (header != null && header.address() != 0) {
            packetsDuringSetUp = true;
            lastPacketId =
                    Integer.reverseBytes(header.getInt(0)); // jnr reads in host order: little-endian on our platforms
        }
        return 0;
    }

    int descriptor() {
        return descriptor;
    }

    /** Packets up to {@link #lastPacketId} came during set-up and wait for a verdict. */
    boolean packetsDuringSetUp() {
        return packetsDuringSetUp;
    }

    int lastPacketId() {
        return lastPacketId;
    }

    @Override
    public void close() {
        library.nfq_destroy_queue(queue);
        library.nfq_close(handle);
    }
}
