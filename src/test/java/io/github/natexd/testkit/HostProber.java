package io.github.natexd.testkit;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.lab.Topology;
import io.github.natexd.linux.emulation.Inet4Socket;
import io.github.natexd.linux.libc.Native;
import io.github.natexd.linux.libc.Poller;
import io.github.natexd.wire.Ipv4Address;
import io.github.natexd.wire.Protocol;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/**
 * Sends one probe after the other in the current namespace, from the same port, to the ports that a guest's traceroute
 * uses; measures when the error about each arrives at a socket.
 */
public final class HostProber implements AutoCloseable {
    public static final int PORT = 40_321;

    /** The ports with which traceroute begins, in the guest too. */
    private static final int FIRST_PORT = 33_434;

    private static final int PORTS = 16;
    private static final int TTL = 2;
    private static final int DATA = 32;
    /** For the errors of others that arrive between two probes. */
    private static final int RECEIVE_BUFFER = 16 << 20;

    private static final long PAUSE_NANOS = 500_000;
    private static final long LOST_NANOS = 1_000_000_000;

    private final Inet4Socket sender = Inet4Socket.udp(PORT);
    private final Inet4Socket errors = Inet4Socket.raw(Protocol.ICMP);
    private final Poller poller = new Poller(1);
    private final ByteBuffer data = ByteBuffer.allocateDirect(DATA);
    private final ByteBuffer packet = ByteBuffer.allocateDirect(2048);
    private final int target = Ipv4Address.parse(Topology.TARGET);
    private int sent;

    public HostProber() {
        Native.setReceiveBuffer(errors.descriptor(), RECEIVE_BUFFER);
        poller.register(errors.descriptor());
        sender.header(TTL, false);
        for (int i = 0; i < DATA; i++) {
            data.put(i, (byte) (0x40 + i)); // as traceroute does
        }
    }

    public void probe(int probes, Delays delays) {
        for (int i = 0; i < probes; i++) {
            int port = FIRST_PORT + sent++ % PORTS;
            long begin = System.nanoTime();
            assertTrue(sender.send(target, port, data, 0, DATA));
            if (awaitError(port, begin + LOST_NANOS)) {
                delays.add(System.nanoTime() - begin);
            } else {
                delays.lost++;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private boolean awaitError(int port, long endNanos) {
        while (System.nanoTime() < endNanos) {
            poller.poll(Math.max(1, (endNanos - System.nanoTime()) / 1_000_000));
            for (int length = errors.receive(packet); length > 0; length = errors.receive(packet)) {
                byte[] octets = new byte[length];
                packet.get(0, octets);
                Packet error = Packet.of(octets);
                if (error.isIcmpError()
                        && error.embedded().port() == PORT
                        && error.embedded().destinationPort() == port) {
                    return true;
                }
            }
        }
        return false;
    }

    @Override
    public void close() {
        sender.close();
        errors.close();
    }

    /** The times from probes to their errors. */
    public static final class Delays {
        private long[] nanos = new long[1_024];
        private int count;
        private int lost;

        void add(long delay) {
            if (count == nanos.length) {
                nanos = Arrays.copyOf(nanos, 2 * count);
            }
            nanos[count++] = delay;
        }

        /** Probes whose error did not come within a second. */
        public int lost() {
            return lost;
        }

        public long percentile(int percent) {
            long[] sorted = Arrays.copyOf(nanos, count);
            Arrays.sort(sorted);
            return sorted[Math.min(count - 1, count * percent / 100)];
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%d errors, %d lost, median %.3f, p90 %.3f, p99 %.3f, largest %.3f",
                    count,
                    lost,
                    percentile(50) / 1e6,
                    percentile(90) / 1e6,
                    percentile(99) / 1e6,
                    percentile(100) / 1e6);
        }
    }
}
