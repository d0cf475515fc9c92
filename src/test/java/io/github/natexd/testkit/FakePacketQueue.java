package io.github.natexd.testkit;

import io.github.natexd.ports.PacketQueue;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A fake of the kernel's queue. It keeps the original packets, so that an ACCEPT delivers the original octets, whatever
 * happened to the copy. It fails the test at once if the contract is broken: by a second verdict, a batch without
 * verdicts, or a DROP of an error that no guest has got.
 */
public final class FakePacketQueue implements PacketQueue {
    /** The verdict about a packet. */
    public enum Verdict {
        ACCEPT,
        ACCEPT_REWRITTEN,
        DROP
    }

    /** The octets around a packet in its buffer; a read or write there is noticed. */
    private static final int MARGIN = 16;

    private long epochNanos;
    private final int capacity;
    private final FakeGuestLink link;
    private final Deque<Integer> queued = new ArrayDeque<>();
    private final List<byte[]> originals = new ArrayList<>();
    private final List<Boolean> truncated = new ArrayList<>();
    private final Map<Integer, Verdict> verdicts = new HashMap<>();
    private final Map<Integer, byte[]> delivered = new HashMap<>();
    private int[] batch = {};
    private ByteBuffer[] buffers = {};
    private Verdict[] noted = {};
    private boolean answered = true;
    private long overflows;

    /** A queue that asks {@code link} whether the guest got what is dropped here. */
    public FakePacketQueue(int capacity, FakeGuestLink link) {
        this.capacity = capacity;
        this.link = link;
    }

    /** When the kernel receives all further errors; 0: it does not note the time. */
    public void epochNanos(long nanos) {
        epochNanos = nanos;
    }

    @Override
    public long arrivedEpochNanos(int index) {
        return epochNanos;
    }

    /** An ICMP error arrives; returns its id. */
    public int enqueue(byte[] packet) {
        return enqueue(packet, false);
    }

    /** Like above, but the kernel copies only this number of octets. */
    public int enqueueTruncated(byte[] packet) {
        return enqueue(packet, true);
    }

    private int enqueue(byte[] packet, boolean cut) {
        originals.add(packet.clone());
        truncated.add(cut);
        queued.add(originals.size() - 1);
        return originals.size() - 1;
    }

    /** The verdict of a packet. */
    public Verdict verdict(int id) {
        Verdict verdict = verdicts.get(id);
        if (verdict == null) {
            throw new AssertionError("packet " + id + " has no verdict");
        }
        return verdict;
    }

    /** The octets that the host's own stack got of a packet; empty if it was dropped. */
    public byte[] toHost(int id) {
        return delivered.getOrDefault(id, new byte[0]);
    }

    /** Whether every packet has a verdict. */
    public void checkAllAnswered() {
        for (int id = 0; id < originals.size(); id++) {
            verdict(id);
        }
    }

    /** Whether the buffer of a packet of the current batch is unchanged. */
    public boolean untouched(int index) {
        return Arrays.equals(octets(index), originals.get(batch[index]));
    }

    public void overflows(long count) {
        overflows = count;
    }

    @Override
    public int receive() {
        check(answered, "the last batch was left without verdicts");
        int count = Math.min(capacity, queued.size());
        batch = new int[count];
        buffers = new ByteBuffer[count];
        noted = new Verdict[count];
        for (int i = 0; i < count; i++) {
            batch[i] = queued.remove();
            byte[] around =
                    Packets.amid(originals.get(batch[i]), MARGIN, MARGIN).array();
            buffers[i] = Packets.direct(around);
        }
        answered = count == 0;
        return count;
    }

    @Override
    public int capacity() {
        return capacity;
    }

    @Override
    public ByteBuffer buffer(int index) {
        return buffers[index];
    }

    @Override
    public int offset(int index) {
        return MARGIN;
    }

    @Override
    public int length(int index) {
        return originals.get(batch[index]).length;
    }

    @Override
    public boolean truncated(int index) {
        return truncated.get(batch[index]);
    }

    @Override
    public void accept(int index) {
        note(index, Verdict.ACCEPT);
    }

    @Override
    public void acceptRewritten(int index) {
        note(index, Verdict.ACCEPT_REWRITTEN);
    }

    @Override
    public void drop(int index) {
        note(index, Verdict.DROP);
        checkGuestHas(batch[index]);
    }

    @Override
    public void sendVerdicts() {
        check(!answered, "there is no batch to answer");
        for (int i = 0; i < batch.length; i++) {
            checkMargins(i);
            Verdict verdict = noted[i] == null ? Verdict.ACCEPT : noted[i];
            check(!verdicts.containsKey(batch[i]), "packet " + batch[i] + " has a verdict already");
            settle(batch[i], verdict, verdict == Verdict.ACCEPT_REWRITTEN ? octets(i) : originals.get(batch[i]));
        }
        answered = true;
    }

    @Override
    public long overflows() {
        return overflows;
    }

    private void note(int index, Verdict verdict) {
        check(!answered && noted[index] == null, "a second verdict in a batch: " + verdict + " for " + index);
        noted[index] = verdict;
    }

    private void settle(int id, Verdict verdict, byte[] octets) {
        verdicts.put(id, verdict);
        if (verdict == Verdict.ACCEPT || verdict == Verdict.ACCEPT_REWRITTEN) {
            delivered.put(id, octets.clone());
        }
    }

    private void checkGuestHas(int id) {
        check(link.claim(originals.get(id)), "packet " + id + " is dropped and no guest has got it");
    }

    private void checkMargins(int index) {
        byte[] all = Packets.octets(buffers[index], 0, buffers[index].limit());
        for (int i = 0; i < MARGIN; i++) {
            check(
                    all[i] == Packets.FILLER && all[all.length - 1 - i] == Packets.FILLER,
                    "written outside packet " + batch[index]);
        }
    }

    private byte[] octets(int index) {
        return Packets.octets(buffers[index], MARGIN, length(index));
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
