package io.github.natexd.testkit;

import io.github.natexd.ports.GuestLink;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * A fake of the guest network. Delivers and accepts frames; it can be gone or full, or reject frames. It fails the test
 * if a queued packet is altered before it is sent.
 */
public final class FakeGuestLink implements GuestLink {
    private static final int BATCH = 32;

    private static final byte[] UNREADABLE = {};

    private record Arrival(byte[] frame, boolean outgoing) {}

    private record Queued(byte[] frame, ByteBuffer packet, int offset, int length) {}

    private final Deque<Arrival> arriving = new ArrayDeque<>();
    private final List<Arrival> batch = new ArrayList<>();
    private final List<Queued> queue = new ArrayList<>();
    private final List<byte[]> taken = new ArrayList<>();
    private final List<byte[]> unclaimed = new ArrayList<>();
    private boolean[] sent = {};
    private int mtu = 1500;
    private int room = Integer.MAX_VALUE;
    private boolean gone;
    private boolean refusing;
    private boolean timed;
    private boolean echoReplies;
    private long epochNanos;
    private boolean breaksWhenQueueing;
    private boolean breaksWhenSending;
    private boolean breaksWhenReceiving;
    private int receives;

    /** A port of the hub sends a frame. */
    public void arrive(byte[] frame) {
        arriving.add(new Arrival(frame, false));
    }

    /** A port of the hub sends a frame; reading it throws an exception. */
    public void arriveUnreadable() {
        arrive(UNREADABLE);
    }

    /** The host itself sends a frame: PACKET_OUTGOING. */
    public void arriveOutgoing(byte[] frame) {
        arriving.add(new Arrival(frame, true));
    }

    /** The frames that guests got, in order. */
    public List<byte[]> taken() {
        return taken;
    }

    /** The packets in the frames that guests got. */
    public List<byte[]> takenPackets() {
        return taken.stream()
                .map(frame -> Arrays.copyOfRange(frame, 14, frame.length))
                .toList();
    }

    public void mtu(int octets) {
        mtu = octets;
    }

    /** Frames that fit into one batch. */
    public void room(int frames) {
        room = frames;
    }

    public void gone(boolean now) {
        gone = now;
    }

    /** Makes the interface reject everything. */
    /** When the kernel receives all further frames, if it was asked to note the time. */
    public void epochNanos(long nanos) {
        epochNanos = nanos;
    }

    /** Whether the relay asked for echo replies. */
    public boolean wantsEchoReplies() {
        return echoReplies;
    }

    @Override
    public void time(boolean on) {
        timed = on;
    }

    @Override
    public void echoReplies(boolean wanted) {
        echoReplies = wanted;
    }

    @Override
    public long arrivedEpochNanos(int index) {
        return timed ? epochNanos : 0;
    }

    public void refusing(boolean now) {
        refusing = now;
    }

    public void breaksWhenQueueing(boolean now) {
        breaksWhenQueueing = now;
    }

    public void breaksWhenSending(boolean now) {
        breaksWhenSending = now;
    }

    public void breaksWhenReceiving(boolean now) {
        breaksWhenReceiving = now;
    }

    /** Whether a frame belongs to this queued packet; each frame belongs to one. */
    boolean claim(byte[] original) {
        for (int i = 0; i < unclaimed.size(); i++) {
            byte[] packet = unclaimed.get(i);
            boolean sameUpToDestination = original.length >= 20
                    && packet.length <= original.length
                    && Arrays.equals(packet, 0, 10, original, 0, 10)
                    && Arrays.equals(packet, 12, 16, original, 12, 16);
            if (sameUpToDestination) {
                unclaimed.remove(i);
                return true;
            }
        }
        return false;
    }

    /** How often the relay has asked for frames. */
    public int receives() {
        return receives;
    }

    @Override
    public int receive() {
        receives++;
        if (breaksWhenReceiving) {
            throw new IllegalStateException("the guest network's socket broke, as the test wants");
        }
        if (gone) {
            return -1;
        }
        batch.clear();
        while (batch.size() < BATCH && !arriving.isEmpty()) {
            batch.add(arriving.remove());
        }
        return batch.size();
    }

    @Override
    public boolean mayHaveMore() {
        return batch.size() == BATCH;
    }

    @Override
    public ByteBuffer buffer(int index) {
        if (batch.get(index).frame() == UNREADABLE) {
            throw new IllegalStateException("reading broke, as the test wants");
        }
        return Packets.amid(batch.get(index).frame(), 4, 0);
    }

    @Override
    public int offset(int index) {
        return 4;
    }

    @Override
    public int length(int index) {
        return batch.get(index).frame().length;
    }

    @Override
    public boolean outgoing(int index) {
        return batch.get(index).outgoing();
    }

    @Override
    public int mtu() {
        return mtu;
    }

    @Override
    public int queueFrame(long destinationMac, long sourceMac, ByteBuffer packet, int offset, int length) {
        if (breaksWhenQueueing) {
            throw new IllegalStateException("queueing broke, as the test wants");
        }
        if (queue.size() >= room) {
            return -1;
        }
        byte[] octets = Packets.octets(packet, offset, length);
        queue.add(new Queued(Packets.frame(destinationMac, sourceMac, octets), packet, offset, length));
        return queue.size() - 1;
    }

    @Override
    public boolean sendFrames() {
        if (breaksWhenSending) {
            queue.clear(); // the sent frames of the previous batch stay in the record, but must not count for this one
            throw new IllegalStateException("sending broke, as the test wants");
        }
        sent = new boolean[queue.size()];
        for (int i = 0; i < sent.length; i++) {
            Queued queued = queue.get(i);
            byte[] now = Packets.octets(queued.packet(), queued.offset(), queued.length());
            byte[] packet = Arrays.copyOfRange(queued.frame(), 14, queued.frame().length);
            if (!Arrays.equals(now, packet)) {
                throw new AssertionError("a queued packet was altered before it was sent");
            }
            sent[i] = !refusing && !gone;
            if (sent[i]) {
                taken.add(queued.frame());
                unclaimed.add(packet);
            }
        }
        queue.clear();
        return !gone;
    }

    @Override
    public boolean sent(int index) {
        return sent[index];
    }
}
