package io.github.natexd.testkit;

import io.github.natexd.lab.Lab;
import io.github.natexd.lab.Node;
import io.github.natexd.lab.Topology;
import io.github.natexd.linux.emulation.Inet4Socket;
import io.github.natexd.linux.emulation.Namespace;
import io.github.natexd.linux.libc.Native;
import io.github.natexd.wire.Ipv4Address;
import io.github.natexd.wire.Protocol;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The host's own traffic at a steady rate: UDP probes that end at the first router, and as many pings to the target. A
 * raw socket of the host counts what comes back, which is what the queue let through.
 */
public final class HostStream implements AutoCloseable {
    private static final int FIRST_PORT = 20_000;
    private static final int PROBES_MAX = 45_000;
    private static final int PING_TTL = 64;
    private static final int DATA = 32;
    /** A busy machine must not make this class lose packets. */
    private static final int RECEIVE_BUFFER = 16 << 20;
    /** How long an answer may take; the lab's take less than a millisecond. */
    private static final long SETTLE_NANOS = TimeUnit.MILLISECONDS.toNanos(400);

    private static final int TIME_EXCEEDED = 11;
    private static final int ECHO_REPLY = 0;
    private static final int SEQUENCE = 6;

    private final long periodNanos;
    private final BitSet errors = new BitSet(PROBES_MAX);
    private final BitSet replies = new BitSet(PROBES_MAX);
    private final Thread thread;
    private volatile boolean stopped;
    private volatile int sent;

    private HostStream(Lab lab, int perSecond) {
        periodNanos = TimeUnit.SECONDS.toNanos(1) / perSecond;
        thread = Namespace.start(lab.namespace(Node.HOST), "host stream", this::run);
    }

    /** Starts it; each second has this number of probes, and of pings. It ends after 45,000 of each. */
    public static HostStream start(Lab lab, int perSecond) {
        return new HostStream(lab, perSecond);
    }

    private void run() {
        try (Inet4Socket probes = Inet4Socket.udp(0);
                Inet4Socket pings = Inet4Socket.ping(0);
                Inet4Socket behind = Inet4Socket.raw(Protocol.ICMP)) {
            probes.header(1, false);
            pings.header(PING_TTL, false);
            Native.setReceiveBuffer(behind.descriptor(), RECEIVE_BUFFER);
            ByteBuffer data = ByteBuffer.allocateDirect(DATA).put(0, (byte) 8);
            ByteBuffer packet = ByteBuffer.allocateDirect(2048);
            int port = probes.port();
            int target = Ipv4Address.parse(Topology.TARGET);
            long begun = System.nanoTime();
            while (!stopped && sent < PROBES_MAX) {
                while (System.nanoTime() - begun >= sent * periodNanos && sent < PROBES_MAX) {
                    data.putShort(SEQUENCE, (short) sent);
                    pings.send(target, 0, data, 0, DATA);
                    probes.send(target, FIRST_PORT + sent, data, 0, DATA);
                    sent++;
                }
                receive(behind, packet, port);
                LockSupport.parkNanos(periodNanos / 4);
            }
            long end = System.nanoTime() + SETTLE_NANOS;
            while (System.nanoTime() < end) {
                receive(behind, packet, port);
                LockSupport.parkNanos(periodNanos);
            }
        }
    }

    private void receive(Inet4Socket behind, ByteBuffer packet, int port) {
        for (int length = behind.receive(packet); length > 0; length = behind.receive(packet)) {
            byte[] octets = new byte[length];
            packet.get(0, octets);
            Packet received = Packet.of(octets);
            int type = received.transport(0) >> 8;
            if (type == TIME_EXCEEDED && received.embedded().port() == port) {
                mark(errors, received.embedded().destinationPort() - FIRST_PORT);
            } else if (type == ECHO_REPLY) {
                mark(replies, received.transport(SEQUENCE));
            }
        }
    }

    private static void mark(BitSet arrived, int number) {
        if (number >= 0 && number < PROBES_MAX) {
            arrived.set(number);
        }
    }

    /** Probes sent so far, and so pings. */
    public int sent() {
        return sent;
    }

    /** Ends the stream and waits for the last answers. */
    public HostStream stop() {
        stopped = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return this;
    }

    /** Errors that did not come, after {@link #stop}. */
    public int errorsLost() {
        return sent - errors.cardinality();
    }

    /** From the first error that did not come to the last one, after {@link #stop}. */
    public long silentMillis() {
        int first = errors.nextClearBit(0);
        return first >= sent
                ? 0
                : TimeUnit.NANOSECONDS.toMillis((errors.previousClearBit(sent - 1) - first + 1) * periodNanos);
    }

    /** Replies to pings that did not come, after {@link #stop}. */
    public int repliesLost() {
        return sent - replies.cardinality();
    }

    @Override
    public String toString() {
        return sent + " sent; " + errorsLost() + " errors lost within " + silentMillis() + " ms; " + repliesLost()
                + " replies lost";
    }

    @Override
    public void close() {
        stop();
    }
}
