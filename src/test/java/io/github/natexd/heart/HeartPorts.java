package io.github.natexd.heart;

import io.github.natexd.heart.Outcome.Delivered;
import io.github.natexd.ports.Batch;
import io.github.natexd.ports.EgressLog;
import io.github.natexd.ports.GuestLink;
import io.github.natexd.ports.PacketQueue;
import io.github.natexd.testkit.Packets;
import io.github.natexd.wire.Ipv4Address;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The relay's three ports for millions of schedules: they reuse the buffers, and the reporter's address is the number
 * of an error. The ports of {@code testkit} check more, but are a hundred times slower.
 */
final class HeartPorts {
    static final int MOST_ERRORS = 128;

    private static final int FIRST_REPORTER = Ipv4Address.parse("62.0.0.0");
    private static final int MARGIN = 16;
    private static final int ROOM = 256;
    private static final int MOST_SIGHTINGS = 64;

    private enum Verdict {
        NONE,
        ACCEPT,
        ACCEPT_REWRITTEN,
        DROP
    }

    final Queue queue = new Queue();
    final Log log = new Log();
    final Link link = new Link();

    private int errors;
    private int firstOfTurn;

    /** Forgets everything. */
    void clear() {
        queue.clear();
        log.clear();
        link.clear();
        errors = 0;
        firstOfTurn = 0;
    }

    int errors() {
        return errors;
    }

    static int number(int reporter) {
        return reporter - FIRST_REPORTER;
    }

    /** Checks the state after a relay's turn; returns what is wrong, or nothing. */
    String checkTurn() {
        if (!queue.answered || queue.waiting > 0) {
            return "a queued error has no verdict after the turn";
        }
        for (int number = firstOfTurn; number < errors; number++) {
            if (queue.verdicts[number - firstOfTurn] == Verdict.DROP && !link.got(number)) {
                return "error " + number + " was dropped and no guest got it";
            }
        }
        return link.trouble;
    }

    boolean taken(int number) {
        Verdict verdict = number < firstOfTurn ? Verdict.NONE : queue.verdicts[number - firstOfTurn];
        return verdict == Verdict.DROP || verdict == Verdict.ACCEPT_REWRITTEN;
    }

    /** What a guest got for an error in this turn, in a frame or with the verdict. */
    @Nullable
    Delivered delivered(int number) {
        for (Given given : link.given) {
            if (given.number == number) {
                return given.delivered;
            }
        }
        if (number >= firstOfTurn && queue.verdicts[number - firstOfTurn] == Verdict.ACCEPT_REWRITTEN) {
            return read(queue.buffers[number - firstOfTurn], MARGIN, 0, 0);
        }
        return null;
    }

    /** The first number of the next turn's errors. */
    void turnEnded() {
        firstOfTurn = errors;
        link.given.clear();
    }

    private static Delivered read(ByteBuffer packet, int offset, long mac, long gateway) {
        int quote = offset + Sent.HEADS;
        return new Delivered(
                packet.getInt(offset + 16),
                packet.getShort(quote + Sent.HEADER + (packet.get(quote + 9) == Sent.UDP ? 0 : 4)) & 0xFFFF,
                packet.getShort(quote + 4) & 0xFFFF,
                mac,
                gateway);
    }

    record Given(int number, Delivered delivered) {}

    private static ByteBuffer[] buffers(int count, boolean direct) {
        ByteBuffer[] buffers = new ByteBuffer[count];
        for (int i = 0; i < count; i++) {
            buffers[i] = direct ? ByteBuffer.allocateDirect(ROOM) : ByteBuffer.allocate(ROOM);
        }
        return buffers;
    }

    final class Queue implements PacketQueue {
        private final ByteBuffer[] buffers = buffers(MOST_ERRORS, true);
        private final int[] lengths = new int[MOST_ERRORS];
        private final Verdict[] verdicts = new Verdict[MOST_ERRORS];
        private int waiting;
        private int taken;
        private boolean answered = true;

        private void clear() {
            waiting = 0;
            taken = 0;
            answered = true;
        }

        /** Adds an error with a unique reporter. */
        void enqueue(Sent quoted, int octets) {
            int index = waiting++;
            ByteBuffer packet = buffers[index];
            quoted.write(packet, MARGIN + Sent.HEADS);
            int quote = Math.min(octets, Sent.HEADER + quoted.length());
            int length = Sent.HEADS + quote;
            packet.putShort(MARGIN, (short) 0x45C0).putShort(MARGIN + 2, (short) length);
            packet.putInt(MARGIN + 4, 0).putShort(MARGIN + 8, (short) (250 << 8 | Sent.ECHO));
            packet.putShort(MARGIN + 10, (short) 0);
            packet.putInt(MARGIN + 12, FIRST_REPORTER + errors++).putInt(MARGIN + 16, Packets.HOST);
            packet.putShort(MARGIN + 10, (short) ~Sent.sum(packet, MARGIN, Sent.HEADER));
            int icmp = MARGIN + Sent.HEADER;
            packet.putInt(icmp, 11 << 24).putInt(icmp + 4, 0);
            packet.putShort(icmp + 2, (short) ~Sent.sum(packet, icmp, length - Sent.HEADER));
            lengths[index] = length;
        }

        @Override
        public int receive() {
            taken = waiting;
            waiting = 0;
            for (int i = 0; i < taken; i++) {
                verdicts[i] = Verdict.NONE;
            }
            answered = taken == 0;
            return taken;
        }

        @Override
        public int capacity() {
            return MOST_ERRORS;
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
            return lengths[index];
        }

        @Override
        public boolean truncated(int index) {
            return false;
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
        }

        private void note(int index, Verdict verdict) {
            if (answered || verdicts[index] != Verdict.NONE) {
                throw new AssertionError("a second verdict in a batch: " + verdict + " for " + index);
            }
            verdicts[index] = verdict;
        }

        @Override
        public void sendVerdicts() {
            answered = true;
        }
    }

    /** One feed of sightings; the relay receives its whole content in one batch. */
    private abstract static sealed class Feed implements Batch permits Log, Link {
        final ByteBuffer[] buffers = buffers(MOST_SIGHTINGS, false);
        final int[] lengths = new int[MOST_SIGHTINGS];
        int waiting;

        @Override
        public final int receive() {
            int count = waiting;
            waiting = 0;
            return count;
        }

        @Override
        public final ByteBuffer buffer(int index) {
            return buffers[index];
        }

        @Override
        public final int length(int index) {
            return lengths[index];
        }
    }

    static final class Log extends Feed implements EgressLog {
        private final int[] uids = new int[MOST_SIGHTINGS];
        private long lost;

        private void clear() {
            waiting = 0;
        }

        void leave(Sent probe, int uid) {
            probe.write(buffers[waiting], MARGIN);
            lengths[waiting] = Math.min(68, Sent.HEADER + probe.length());
            uids[waiting++] = uid;
        }

        void lost(long count) {
            lost = count;
        }

        @Override
        public int offset(int index) {
            return MARGIN;
        }

        @Override
        public int uid(int index) {
            return uids[index];
        }

        @Override
        public long overflows() {
            return lost;
        }
    }

    static final class Link extends Feed implements GuestLink {
        private final List<Given> queued = new ArrayList<>();
        private final List<Given> given = new ArrayList<>();
        private String trouble = "";

        private void clear() {
            waiting = 0;
            queued.clear();
            given.clear();
            trouble = "";
        }

        void arrive(Step.Guest step) {
            ByteBuffer frame = buffers[waiting];
            frame.putShort(0, (short) (step.gateway() >>> 32)).putInt(2, (int) step.gateway());
            frame.putShort(6, (short) (step.mac() >>> 32)).putInt(8, (int) step.mac());
            frame.putShort(12, (short) 0x0800);
            step.probe().write(frame, 14);
            lengths[waiting++] = 14 + Sent.HEADER + step.probe().length();
        }

        private boolean got(int number) {
            for (Given each : given) {
                if (each.number == number) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public int offset(int index) {
            return 0;
        }

        @Override
        public boolean outgoing(int index) {
            return false;
        }

        @Override
        public int mtu() {
            return 1500;
        }

        @Override
        public int queueFrame(long destinationMac, long sourceMac, ByteBuffer packet, int offset, int length) {
            boolean intact = Sent.sum(packet, offset, Sent.HEADER) == 0xFFFF
                    && Sent.sum(packet, offset + Sent.HEADER, length - Sent.HEADER) == 0xFFFF
                    && Sent.sum(packet, offset + Sent.HEADS, Sent.HEADER) == 0xFFFF
                    && packet.getInt(offset + 16) == packet.getInt(offset + Sent.HEADS + 12);
            if (!intact) {
                trouble = "a guest gets a damaged error";
            }
            queued.add(new Given(number(packet.getInt(offset + 12)), read(packet, offset, destinationMac, sourceMac)));
            return queued.size() - 1;
        }

        @Override
        public boolean sendFrames() {
            given.addAll(queued);
            queued.clear();
            return true;
        }

        @Override
        public boolean sent(int index) {
            return true;
        }
    }
}
