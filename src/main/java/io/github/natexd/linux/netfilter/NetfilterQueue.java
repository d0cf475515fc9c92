package io.github.natexd.linux.netfilter;

import io.github.natexd.linux.libc.MessageVector;
import io.github.natexd.linux.netlink.Attributes;
import io.github.natexd.linux.netlink.NetlinkSocket;
import io.github.natexd.ports.PacketQueue;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/**
 * The kernel's queue of ICMP errors (linux/netfilter/nfnetlink_queue.h). libnetfilter_queue sets it up; packets are then
 * received many at a time into memory made once, and read where they lie:
 * <pre>
 *  0 struct nlmsghdr   { u32 length; u16 type; … }         host byte order
 * 16 struct nfgenmsg   { u8 family; u8 version; be16 queue }
 * 20 attributes        NFQA_PACKET_HDR { be32 id; be16 protocol; u8 hook }, NFQA_CAP_LEN { be32 },
 *                      NFQA_TIMESTAMP { be64 seconds; be64 microseconds }, …, NFQA_PAYLOAD
 * </pre>
 * Every message is a datagram of its own. Not for use by several threads.
 */
public final class NetfilterQueue implements PacketQueue, AutoCloseable {
    private static final int CAPACITY = 64;
    /**
     * Octets copied of each packet. Every ICMP error that fits into an Ethernet frame, and so every one that could be
     * delivered, is copied whole; NFQA_CAP_LEN marks the others.
     */
    private static final int COPY_RANGE = 2048;
    /** A slot also holds the netlink headers and all other attributes, some 200 octets. */
    private static final int SLOT_LENGTH = COPY_RANGE + 512;

    private static final int PACKET = 3 << 8; // NFNL_SUBSYS_QUEUE, NFQNL_MSG_PACKET
    private static final int ATTRIBUTES = 20;
    private static final int NFQA_PACKET_HDR = 1;
    private static final int NFQA_TIMESTAMP = 4;
    private static final int NFQA_PAYLOAD = 10;
    private static final int NFQA_CAP_LEN = 13;

    private static final byte UNDECIDED = 0;
    private static final byte ACCEPT = 1;
    private static final byte DROP = 2;
    private static final byte REWRITTEN = 3;

    private final QueueHandle handle;
    private final VerdictBuffer verdicts;
    private final int drainRounds;
    private final MessageVector datagrams = new MessageVector(CAPACITY, SLOT_LENGTH, 0);
    private final Attributes attributes = new Attributes();
    private final int[] offsets = new int[CAPACITY];
    private final int[] lengths = new int[CAPACITY];
    private final int[] ids = new int[CAPACITY];
    private final boolean[] truncated = new boolean[CAPACITY];
    private final long[] arrivedEpochNanos = new long[CAPACITY];
    private final byte[] decisions = new byte[CAPACITY];
    private final Overflows overflows = new Overflows();
    private int count;
    private boolean unanswered;
    private int lastId;
    private boolean closed;

    private NetfilterQueue(QueueHandle handle, int number, int maxLength) {
        this.handle = handle;
        verdicts = new VerdictBuffer(handle.descriptor(), number, CAPACITY, COPY_RANGE);
        drainRounds = maxLength / CAPACITY + 2;
        lastId = handle.lastPacketId();
        overflows.expect(lastId + 1);
        if (handle.packetsDuringSetUp()) {
            verdicts.putForAllUpTo(lastId, VerdictBuffer.NF_ACCEPT);
            verdicts.send();
        }
    }

    /**
     * Binds queue {@code number}. At most {@code maxLength} packets wait in it; when it is full, the kernel accepts
     * further packets. Load the rules that fill it afterwards.
     */
    public static NetfilterQueue open(int number, int maxLength) {
        return new NetfilterQueue(new QueueHandle(number, maxLength, COPY_RANGE), number, maxLength);
    }

    /** The descriptor to poll for input. */
    public int descriptor() {
        return handle.descriptor();
    }

    @Override
    public int capacity() {
        return CAPACITY;
    }

    @Override
    public int receive() {
        sendVerdicts();
        int received = datagrams.receive(handle.descriptor());
        if (received < 0) {
            count = 0;
            overflows.failed(-received, "receive from netfilter queue");
            return 0;
        }
        int packets = 0;
        for (int slot = 0; slot < received; slot++) {
            if (read(slot, packets)) {
                packets++;
            }
        }
        count = packets;
        unanswered = packets > 0;
        return packets;
    }

    /** Reads one message into place {@code index} of the batch; false if it is not a packet that the kernel queued. */
    private boolean read(int slot, int index) {
        ByteBuffer host = datagrams.nativeOctets();
        int start = datagrams.offset(slot);
        int received = datagrams.length(slot);
        if (received < ATTRIBUTES || (host.getShort(start + NetlinkSocket.TYPE) & 0xffff) != PACKET) {
            return false;
        }
        offsets[index] = start;
        lengths[index] = 0;
        truncated[index] = datagrams.truncated(slot);
        arrivedEpochNanos[index] = 0;
        decisions[index] = UNDECIDED;
        boolean identified = false;
        // The payload comes last: where the slot was too short for it, the walk ends before it, and the id is known.
        attributes.over(host, start + ATTRIBUTES, start + Math.min(host.getInt(start), received));
        while (attributes.next()) {
            switch (attributes.type()) {
                case NFQA_PACKET_HDR -> {
                    noteId(index, attributes.networkInt());
                    identified = true;
                }
                case NFQA_CAP_LEN -> truncated[index] = true;
                case NFQA_TIMESTAMP -> arrivedEpochNanos[index] = epochNanos(attributes);
                case NFQA_PAYLOAD -> {
                    offsets[index] = attributes.offset();
                    lengths[index] = attributes.length();
                }
                default -> {}
            }
        }
        return identified;
    }

    /** The kernel knows the time only while some socket of the host asks for times. */
    private static long epochNanos(Attributes timestamp) {
        return TimeUnit.SECONDS.toNanos(timestamp.networkLong(0))
                + TimeUnit.MICROSECONDS.toNanos(timestamp.networkLong(Long.BYTES));
    }

    private void noteId(int index, int id) {
        overflows.received(id);
        lastId = id;
        ids[index] = id;
    }

    @Override
    public ByteBuffer buffer(int index) {
        return datagrams.octets();
    }

    @Override
    public int offset(int index) {
        return offsets[index];
    }

    @Override
    public int length(int index) {
        return lengths[index];
    }

    @Override
    public boolean truncated(int index) {
        return truncated[index];
    }

    @Override
    public long arrivedEpochNanos(int index) {
        return arrivedEpochNanos[index];
    }

    @Override
    public void accept(int index) {
        decisions[index] = ACCEPT;
    }

    /** A truncated packet is accepted unchanged, because only a part of it is here. */
    @Override
    public void acceptRewritten(int index) {
        decisions[index] = truncated[index] ? ACCEPT : REWRITTEN;
    }

    @Override
    public void drop(int index) {
        decisions[index] = DROP;
    }

    @Override
    public void sendVerdicts() {
        if (!unanswered) {
            return;
        }
        unanswered = false;
        int common = commonVerdict();
        if (common >= 0) {
            verdicts.putForAllUpTo(lastId, common);
        } else {
            for (int index = 0; index < count; index++) {
                putVerdict(index);
            }
        }
        verdicts.send();
    }

    /** The verdict that all packets of the batch get, or -1. */
    private int commonVerdict() {
        int first = plainVerdict(decisions[0]);
        for (int index = 1; index < count && first >= 0; index++) {
            if (plainVerdict(decisions[index]) != first) {
                return -1;
            }
        }
        return first;
    }

    private static int plainVerdict(byte decision) {
        return switch (decision) {
            case UNDECIDED, ACCEPT -> VerdictBuffer.NF_ACCEPT;
            case DROP -> VerdictBuffer.NF_DROP;
            default -> -1;
        };
    }

    private void putVerdict(int index) {
        switch (decisions[index]) {
            case REWRITTEN -> verdicts.putRewritten(ids[index], datagrams.octets(), offsets[index], lengths[index]);
            default -> verdicts.put(ids[index], plainVerdict(decisions[index]));
        }
    }

    @Override
    public long overflows() {
        return overflows.count();
    }

    /** Accepts the packets that wait (closing alone would make the kernel drop them) and releases the queue. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            for (int round = 0; round < drainRounds && receive() > 0; round++) {
                sendVerdicts();
            }
        } finally {
            handle.close();
        }
    }
}
