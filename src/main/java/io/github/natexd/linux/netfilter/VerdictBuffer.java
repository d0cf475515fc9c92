package io.github.natexd.linux.netfilter;

import io.github.natexd.linux.libc.Errno;
import io.github.natexd.linux.libc.Libc;
import io.github.natexd.linux.libc.Native;
import io.github.natexd.linux.libc.OsException;
import io.github.natexd.linux.netlink.NetlinkSocket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Verdict messages for the kernel's queue, one behind the other, sent in one call (linux/netfilter/nfnetlink_queue.h).
 * <pre>
 *  0 struct nlmsghdr       { length; type: VERDICT or VERDICT_BATCH; flags; sequence; port }
 * 16 struct nfgenmsg       { u8 family; u8 version; be16 queue }
 * 20 NFQA_VERDICT_HDR      { be32 verdict; be32 packet id }
 * 32 NFQA_PAYLOAD          the packet's new octets, padded to 4; nla_len does not count the padding
 * </pre>
 */
final class VerdictBuffer {
    static final int NF_DROP = 0;
    static final int NF_ACCEPT = 1;

    private static final int NFNL_SUBSYS_QUEUE = 3;
    private static final int VERDICT = NFNL_SUBSYS_QUEUE << 8 | 1;
    private static final int VERDICT_BATCH = NFNL_SUBSYS_QUEUE << 8 | 3;
    private static final int NFQA_VERDICT_HDR = 2;
    private static final int NFQA_PAYLOAD = 10;
    private static final int FAMILY = 16;
    private static final int QUEUE = 18;
    private static final int VERDICT_ATTRIBUTE = 20;
    private static final int VERDICT_VALUE = 24;
    private static final int PACKET_ID = 28;
    private static final int PAYLOAD_ATTRIBUTE = 32;
    /** The octets of a verdict without a payload. */
    private static final int PLAIN_LENGTH = 32;
    /** So often a send may fail because of a signal or a shortage of memory before it counts as failed. */
    private static final int TRIES_MAX = 64;

    private final int descriptor;
    private final int queueNumber;
    private final ByteBuffer memory;
    private final ByteBuffer network;
    private final long address;
    private int used;

    VerdictBuffer(int descriptor, int queueNumber, int packets, int packetOctets) {
        this.descriptor = descriptor;
        this.queueNumber = queueNumber;
        int messageLength = PLAIN_LENGTH + NetlinkSocket.ATTRIBUTE_HEADER_LENGTH + NetlinkSocket.align(packetOctets);
        memory = Native.allocate(packets * messageLength);
        network = memory.duplicate().order(ByteOrder.BIG_ENDIAN);
        address = Native.address(memory);
        // A full buffer must fit into the socket's send buffer, or the kernel refuses it whole.
        int wanted = 2 * memory.capacity();
        if (!Native.trySetOption(descriptor, Libc.SOL_SOCKET, Libc.SO_SNDBUFFORCE, wanted)) {
            Native.trySetOption(descriptor, Libc.SOL_SOCKET, Libc.SO_SNDBUF, wanted);
        }
    }

    /** One verdict for one packet that keeps its octets. */
    void put(int packetId, int verdict) {
        putMessage(VERDICT, packetId, verdict, PLAIN_LENGTH);
    }

    /** One verdict for every queued packet up to and including this id. */
    void putForAllUpTo(int packetId, int verdict) {
        putMessage(VERDICT_BATCH, packetId, verdict, PLAIN_LENGTH);
    }

    /** ACCEPT with new octets. */
    void putRewritten(int packetId, ByteBuffer packet, int offset, int length) {
        int attribute = used + PAYLOAD_ATTRIBUTE;
        int messageLength = PLAIN_LENGTH + NetlinkSocket.ATTRIBUTE_HEADER_LENGTH + length;
        if (used + NetlinkSocket.align(messageLength) > memory.capacity()) {
            throw new IllegalArgumentException("a packet of " + length + " octets is longer than any that was queued");
        }
        // The padding needs no clearing: the kernel does not read it.
        NetlinkSocket.putAttributeHeader(memory, attribute, length, NFQA_PAYLOAD);
        memory.put(attribute + NetlinkSocket.ATTRIBUTE_HEADER_LENGTH, packet, offset, length);
        putMessage(VERDICT, packetId, NF_ACCEPT, messageLength);
    }

    private void putMessage(int type, int packetId, int verdict, int length) {
        NetlinkSocket.putHeader(memory, used, length, type, NetlinkSocket.NLM_F_REQUEST);
        memory.putShort(used + FAMILY, (short) 0);
        network.putShort(used + QUEUE, (short) queueNumber);
        NetlinkSocket.putAttributeHeader(memory, used + VERDICT_ATTRIBUTE, 8, NFQA_VERDICT_HDR);
        network.putInt(used + VERDICT_VALUE, verdict);
        network.putInt(used + PACKET_ID, packetId);
        used += NetlinkSocket.align(length);
    }

    /** Sends all verdicts in one call. The kernel has carried them out when the call returns. */
    void send() {
        int length = used;
        used = 0;
        int errno = 0;
        for (int tries = 0; length > 0 && tries < TRIES_MAX; tries++) {
            if (Libc.INSTANCE.send(descriptor, address, length, 0) >= 0) {
                return;
            }
            errno = Libc.lastError();
            if (errno != Errno.EINTR && errno != Errno.ENOBUFS && errno != Errno.EAGAIN && errno != Errno.ENOMEM) {
                break;
            }
        }
        if (length > 0) {
            throw new OsException("send verdicts to queue " + queueNumber, errno);
        }
    }
}
