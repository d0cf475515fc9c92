package io.github.natexd.testkit;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.lab.Lab;
import io.github.natexd.lab.Node;
import io.github.natexd.lab.Topology;
import io.github.natexd.linux.emulation.Namespace;
import io.github.natexd.linux.packet.PacketSocket;
import io.github.natexd.wire.EthernetFrame;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;

/** Sends many different packets from a node, as frames, so that no route or socket of the node limits them. */
public final class FrameFlood implements AutoCloseable {
    private static final int BATCH = 32;
    private static final int SLOT_LENGTH = 2048;

    private final IntFunction<byte[]> packets;
    private final int count;
    private final long pauseNanos;
    private final Thread thread;
    private volatile boolean stopped;
    private volatile int sent;

    private FrameFlood(String namespace, Way way, IntFunction<byte[]> packets, int count, int perSecond) {
        this.packets = packets;
        this.count = count;
        pauseNanos = perSecond == 0 ? 0 : TimeUnit.SECONDS.toNanos(BATCH) / perSecond;
        thread = Namespace.start(namespace, "flood", () -> send(way));
    }

    private record Way(String interfaceName, long destination, long source) {}

    /** From the first router to the host, at most so many in a second. */
    public static FrameFlood outside(Lab lab, int count, int perSecond, IntFunction<byte[]> packets) {
        Way way = new Way(Topology.DOWN, Macs.UPLINK, Macs.R1);
        return new FrameFlood(lab.namespace(Node.R1), way, packets, count, perSecond);
    }

    /** From guest1 to the NAT, as fast as it can, until {@link #stop}. */
    public static FrameFlood ofGuest1(Lab lab, IntFunction<byte[]> packets) {
        Way way = new Way(Topology.GUEST_INTERFACE, Macs.NAT, Macs.GUEST1);
        return new FrameFlood(lab.namespace(Node.GUEST1), way, packets, Integer.MAX_VALUE, 0);
    }

    private void send(Way way) {
        ByteBuffer slots = ByteBuffer.allocateDirect(BATCH * SLOT_LENGTH);
        try (PacketSocket socket = PacketSocket.openUnfiltered(way.interfaceName)) {
            int next = 0;
            while (next < count && !stopped) {
                for (int i = 0; i < BATCH && next < count; i++) {
                    byte[] packet = packets.apply(next++);
                    int at = i * SLOT_LENGTH + EthernetFrame.LENGTH;
                    slots.put(at, packet);
                    socket.queueFrame(way.destination, way.source, slots, at, packet.length);
                }
                socket.sendFrames();
                sent = next;
                if (pauseNanos > 0) {
                    LockSupport.parkNanos(pauseNanos);
                }
            }
        }
    }

    /** How many packets were sent so far. */
    public int sent() {
        return sent;
    }

    /** Waits until everything is sent. */
    public void await() {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        assertTrue(stopped || sent == count, () -> "only " + sent + " of " + count + " were sent");
    }

    /** Ends it. */
    public void stop() {
        stopped = true;
        await();
    }

    @Override
    public void close() {
        stop();
    }
}
