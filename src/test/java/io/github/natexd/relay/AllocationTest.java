package io.github.natexd.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.github.natexd.mapping.Mapper;
import io.github.natexd.ports.Batch;
import io.github.natexd.ports.EgressLog;
import io.github.natexd.ports.GuestLink;
import io.github.natexd.ports.PacketQueue;
import io.github.natexd.ports.Surroundings;
import io.github.natexd.report.Counters;
import io.github.natexd.report.Observed;
import io.github.natexd.report.Observer;
import io.github.natexd.report.Reason;
import io.github.natexd.testkit.Packets;
import io.github.natexd.testkit.Selected;
import io.github.natexd.translate.Translator;
import io.github.natexd.wire.Checksum;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** In the steady state a packet allocates nothing: neither a probe's two sightings nor its error, all the way. */
class AllocationTest {
    private static final int BATCH = 32;
    private static final int TURNS = 2_000;
    /** What the JVM itself may do on this thread meanwhile; one small object per packet would be sixty times as much. */
    private static final long SLACK_OCTETS = 16 * 1024;

    private static final int CAPACITY = 4096;
    private static final long LIFETIME_NANOS = 30_000_000_000L;
    private static final long MAC_OF_HOST = 0x005056c00008L;

    private final Queue errors = new Queue();
    private final Probes leaving = new Probes(0, Packets.HOST);
    private final Probes frames = new Probes(Probes.ETHERNET, Packets.GUEST);
    private final Mapper mapper = new Mapper(CAPACITY, LIFETIME_NANOS, 0);
    private final Surroundings surroundings =
            new Surroundings(new int[] {Packets.HOST}, Packets.GATEWAY ^ 3, 24, MAC_OF_HOST);
    private final Relay relay = new Relay(
            new Relay.Ports(errors, leaving, () -> true, this::nowNanos),
            mapper,
            new Translator(Selected.BY_DEFAULT, mapper, surroundings));
    /** The guest's frames are read a turn later than their errors, which are kept as copies until then. */
    private boolean framesLate;

    private int turn;

    @Test
    @DisplayName("R21: probes, both their sightings, and their errors allocate nothing in the steady state")
    void aTurnWithSightingsAndErrorsAllocatesNothing() {
        assertNothingIsAllocated();
        assertEquals(2L * TURNS * BATCH, relay.ledger().counters.get(Reason.RELAYED));
    }

    @Test
    @DisplayName("R21: nor do errors of which copies are kept until their guest is sighted")
    void keptCopiesAllocateNothing() {
        framesLate = true;
        assertNothingIsAllocated();
        assertEquals(2L * TURNS * BATCH, relay.ledger().counters.get(Counters.Event.COPIES_KEPT));
        assertEquals((2L * TURNS - 1) * BATCH, relay.ledger().counters.get(Reason.COPIED_LATE));
    }

    @Test
    @DisplayName("R21: nor while a client watches, to which all of this is shown")
    void whatIsShownAllocatesNothing() {
        Onlooker onlooker = new Onlooker();
        relay.observe(onlooker);
        assertNothingIsAllocated();
        assertEquals(4L * TURNS * BATCH, onlooker.seen, "each probe and each error");
    }

    private static final class Onlooker implements Observer {
        private long seen;

        @Override
        public void seen(Observed observed) {
            seen++;
        }

        @Override
        public boolean wantsProbes() {
            return true;
        }
    }

    private void assertNothingIsAllocated() {
        relay.link(frames);
        turns(TURNS);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();

        long before = threads.getThreadAllocatedBytes(thread);
        turns(TURNS);
        long allocated = threads.getThreadAllocatedBytes(thread) - before;

        assertTrue(allocated < SLACK_OCTETS, allocated + " octets for " + TURNS * BATCH + " probes and their errors");
    }

    private void turns(int count) {
        for (int i = 0; i < count; i++) {
            turn++;
            errors.next(turn);
            leaving.next(turn);
            frames.next(framesLate ? turn - 1 : turn);
            relay.turn();
        }
    }

    private long nowNanos() {
        return 10_000_000_000L + turn * 1_000_000L;
    }

    /** Where probe {@code index} of a turn went. */
    private static int target(int turn, int index) {
        return 0x0a000000 + turn * BATCH + index;
    }

    private static byte[] probe(int source) {
        // Without a UDP checksum another destination needs no other one.
        return Packets.udpProbe(source, Packets.TARGET, 40000, 33434)
                .id(7)
                .ttl(3)
                .checksum(0)
                .dataOctets(32)
                .bytes();
    }

    /** One batch a turn, in memory made once: the same octets but for the destination. */
    private abstract static class Port implements Batch {
        static final int SLOT = 128;

        final ByteBuffer memory = ByteBuffer.allocateDirect(BATCH * SLOT);
        private boolean there;

        final int take() {
            int count = there ? BATCH : 0;
            there = false;
            return count;
        }

        final void next(int turn) {
            there = true;
            for (int i = 0; i < BATCH; i++) {
                write(i * SLOT, target(turn, i));
            }
        }

        abstract void write(int slot, int target);

        @Override
        public ByteBuffer buffer(int index) {
            return memory;
        }

        @Override
        public int offset(int index) {
            return index * SLOT;
        }
    }

    private static final class Probes extends Port implements EgressLog, GuestLink {
        static final int ETHERNET = 14;
        private static final int DESTINATION = 16;

        private final int header;
        private final byte[] probe;
        private int queued;

        Probes(int header, int source) {
            this.header = header;
            probe = probe(source);
        }

        @Override
        void write(int slot, int target) {
            if (header > 0) {
                memory.putShort(slot, (short) (Packets.GATEWAY_MAC >>> 32)).putInt(slot + 2, (int) Packets.GATEWAY_MAC);
                memory.putShort(slot + 6, (short) (Packets.GUEST_MAC >>> 32)).putInt(slot + 8, (int) Packets.GUEST_MAC);
                memory.putShort(slot + 12, (short) 0x0800);
            }
            memory.put(slot + header, probe).putInt(slot + header + DESTINATION, target);
        }

        @Override
        public int receive() {
            return take();
        }

        @Override
        public int length(int index) {
            return header + probe.length;
        }

        @Override
        public int uid(int index) {
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
            return queued++;
        }

        @Override
        public boolean sendFrames() {
            queued = 0;
            return true;
        }

        @Override
        public boolean sent(int index) {
            return true;
        }
    }

    private static final class Queue extends Port implements PacketQueue {
        private static final int ICMP_CHECKSUM = 22;
        private static final int EMBEDDED_DESTINATION = 28 + 16;

        private final byte[] error = Packets.timeExceeded(Packets.ROUTER, Packets.HOST)
                .quoting(probe(Packets.HOST))
                .bytes();

        @Override
        void write(int slot, int target) {
            memory.put(slot, error).putInt(slot + EMBEDDED_DESTINATION, target);
            // The embedded header's own checksum is left wrong, which an error may have (R9).
            int checksum = memory.getShort(slot + ICMP_CHECKSUM) & 0xffff;
            memory.putShort(slot + ICMP_CHECKSUM, (short) Checksum.update32(checksum, Packets.TARGET, target));
        }

        @Override
        public int receive() {
            return take();
        }

        @Override
        public int capacity() {
            return BATCH;
        }

        @Override
        public int length(int index) {
            return error.length;
        }

        @Override
        public boolean truncated(int index) {
            return false;
        }

        @Override
        public void accept(int index) {}

        @Override
        public void acceptRewritten(int index) {}

        @Override
        public void drop(int index) {}

        @Override
        public void sendVerdicts() {}
    }
}
