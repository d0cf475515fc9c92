package io.github.natexd.testkit;

import io.github.natexd.lab.Lab;
import io.github.natexd.lab.Node;
import io.github.natexd.lab.Topology;
import io.github.natexd.linux.emulation.Inet4Socket;
import io.github.natexd.linux.emulation.Namespace;
import io.github.natexd.wire.Ipv4Address;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A node that sends UDP probes to the lab's target, each to a different port, and begins again after the last one. */
public final class ProbeFlood implements AutoCloseable {
    private static final int FIRST_PORT = 20_000;
    private static final int PORTS = 45_000;
    private static final int DATA_OCTETS = 32;

    private final int ttl;
    private final long pauseNanos;
    private final Thread thread;
    private volatile boolean stopped;
    private volatile int sent;

    private ProbeFlood(Lab lab, Node node, int ttl, int perSecond) {
        this.ttl = ttl;
        pauseNanos = TimeUnit.SECONDS.toNanos(1) / perSecond;
        thread = Namespace.start(lab.namespace(node), "probes of " + node, this::send);
    }

    /** @param ttl 1 makes the first router respond */
    public static ProbeFlood start(Lab lab, Node node, int ttl, int perSecond) {
        return new ProbeFlood(lab, node, ttl, perSecond);
    }

    private void send() {
        ByteBuffer data = ByteBuffer.allocateDirect(DATA_OCTETS);
        int target = Ipv4Address.parse(Topology.TARGET);
        try (Inet4Socket socket = Inet4Socket.udp(0)) {
            socket.header(ttl, false);
            long due = System.nanoTime();
            for (int i = 0; !stopped; i++) {
                if (socket.send(target, FIRST_PORT + i % PORTS, data, 0, DATA_OCTETS)) {
                    sent++;
                }
                due += pauseNanos;
                // The kernel wakes a thread at least 50 us late: one pause makes up for several.
                while (System.nanoTime() < due) {
                    LockSupport.parkNanos(due - System.nanoTime());
                }
            }
        }
    }

    /** Ends it; returns the number of probes. */
    public int stop() {
        stopped = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return sent;
    }

    @Override
    public void close() {
        stop();
    }
}
