package io.github.natexd.linux.netfilter;

import io.github.natexd.linux.libc.Errno;
import io.github.natexd.linux.libc.Native;
import io.github.natexd.linux.libc.OsException;
import io.github.natexd.linux.netlink.NetlinkSocket;
import jnr.ffi.Pointer;

/**
 * A netfilter queue as libnetfilter_queue sets it up and takes it down. In between only its descriptor is used.
 *
 * <p>Order matters. Flags, length and buffers come before the copy mode: until that is set the kernel drops what a rule
 * sends to the queue, whatever the rule says about bypassing, and from then on packets flow.
 */
final class QueueHandle implements AutoCloseable {
    /** Octets of socket buffer for each packet that may wait: a 576-octet error occupies about so much. */
    private static final int BUFFER_PER_PACKET = 2048;

    private static final int BUFFER_MIN = 1 << 20;
    private static final int BUFFER_MAX = 64 << 20;

    private final NetfilterQueueLibrary library;
    private final Pointer handle;
    private final Pointer queue;
    private final int descriptor;
    // A field, not a local: the library keeps the function's address, and Java must not collect it.
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
                + " (is natexd running already? else choose another number under [queue]); root finds the owner in"
                + " /proc/net/netfilter/nfnetlink_queue, `natexctl doctor` tells which it is";
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
     * Where rules outlived a former natexd, packets may arrive between the copy mode and its acknowledgement: the library
     * then swallows them while it waits. They must not be forgotten.
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
