package io.github.natexd.testkit;

import io.github.natexd.ports.EgressLog;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/** A fake of the kernel's log of probes that leave the host: it delivers only the first octets, like the rule. */
public final class FakeEgressLog implements EgressLog {
    /** The rule's snaplen: a 60-octet IP header and 8. */
    private static final int COPIED_OCTETS = 68;

    private static final int BATCH = 32;

    private static final byte[] UNREADABLE = {};

    private record Copy(byte[] octets, int uid) {}

    private final Deque<Copy> coming = new ArrayDeque<>();
    private final List<Copy> batch = new ArrayList<>();
    private long overflows;
    private boolean breaksWhenReceiving;
    private int receives;

    /** A packet leaves the host, sent by a socket of {@code uid}. */
    public void leave(byte[] packet, int uid) {
        coming.add(new Copy(Arrays.copyOf(packet, Math.min(packet.length, COPIED_OCTETS)), uid));
    }

    public void leave(byte[] packet) {
        leave(packet, NO_UID);
    }

    /** Makes reading the next copy throw an exception. */
    public void leaveUnreadable() {
        coming.add(new Copy(UNREADABLE, NO_UID));
    }

    public void breaksWhenReceiving(boolean now) {
        breaksWhenReceiving = now;
    }

    /** Simulates the loss of this number of copies. */
    public void overflows(long count) {
        overflows = count;
    }

    /** How often the relay has asked for copies. */
    public int receives() {
        return receives;
    }

    @Override
    public int receive() {
        receives++;
        if (breaksWhenReceiving) {
            throw new IllegalStateException("the log's socket broke, as the test wants");
        }
        batch.clear();
        while (batch.size() < BATCH && !coming.isEmpty()) {
            batch.add(coming.remove());
        }
        return batch.size();
    }

    @Override
    public boolean mayHaveMore() {
        return batch.size() == BATCH;
    }

    @Override
    public ByteBuffer buffer(int index) {
        if (batch.get(index).octets() == UNREADABLE) {
            throw new IllegalStateException("reading broke, as the test wants");
        }
        return Packets.amid(batch.get(index).octets(), 8, 0);
    }

    @Override
    public int offset(int index) {
        return 8;
    }

    @Override
    public int length(int index) {
        return batch.get(index).octets().length;
    }

    @Override
    public int uid(int index) {
        return batch.get(index).uid();
    }

    @Override
    public long overflows() {
        return overflows;
    }
}
