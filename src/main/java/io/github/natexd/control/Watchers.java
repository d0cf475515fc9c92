package io.github.natexd.control;

import io.github.natexd.control.Answer.Watch;
import io.github.natexd.control.ControlException.Kind;
import io.github.natexd.relay.Observed;
import io.github.natexd.relay.Observed.Event;
import io.github.natexd.relay.Observer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The clients that watch. The relay's thread puts what they get to see into a ring; the server's thread sends it to the
 * clients, many records at a time, because each wake-up costs more than many records. What does not fit is counted and
 * reported as lost. While no client watches, there is no ring, and the relay has no observer.
 */
final class Watchers implements Observer {
    static final int LIMIT = 8;

    /** Records wait no longer than this for others, unless the ring becomes half full. */
    private static final long COLLECT_NANOS = 100_000_000;

    private record Watching(Connection client, Watch watch) {}

    private final Runnable wakeServer;
    private final AtomicLong lost = new AtomicLong();
    private final List<Watching> clients = new ArrayList<>();
    private volatile @Nullable ObservedRing ring;
    private volatile boolean wantsProbes;
    private long deliveredNanos = System.nanoTime();

    Watchers(Runnable wakeServer) {
        this.wakeServer = wakeServer;
    }

    /** To be called in the relay's thread, like the next one. */
    @Override
    public void seen(Observed observed) {
        ObservedRing present = ring;
        if (present == null) {
            return;
        }
        if (observed.epochNanos == 0) {
            observed.epochNanos = TimeUnit.MILLISECONDS.toNanos(
                    System.currentTimeMillis() - TimeUnit.NANOSECONDS.toMillis(observed.ageNanos));
        }
        int size = present.put(observed);
        if (size == 0) {
            lost.incrementAndGet();
        } else if (size == ObservedRing.CAPACITY / 2) {
            wakeServer.run();
        }
    }

    @Override
    public boolean wantsProbes() {
        return wantsProbes;
    }

    /**
     * To be called in the server's thread, like all below.
     *
     * @throws ControlException if too many clients watch already
     */
    void add(Connection client, Watch watch, DaemonView daemon) throws ControlException {
        if (clients.size() == LIMIT) {
            throw new ControlException(
                    Kind.FAILED,
                    LIMIT + " clients are watching already",
                    "end one of them; find them with: pgrep -af 'natexctl.*watch'");
        }
        clients.add(new Watching(client, watch));
        try {
            observe(daemon);
        } catch (ControlException e) {
            clients.removeIf(each -> each.client == client);
            throw e;
        }
    }

    void remove(Connection client, DaemonView daemon) throws ControlException {
        if (clients.removeIf(each -> each.client == client)) {
            observe(daemon);
        }
    }

    private void observe(DaemonView daemon) throws ControlException {
        wantsProbes = clients.stream().anyMatch(each -> each.watch == Watch.PROBES);
        if (clients.isEmpty()) {
            daemon.observe(null);
            ring = null;
        } else {
            if (ring == null) {
                ring = new ObservedRing();
            }
            daemon.observe(this);
        }
    }

    /** How long {@link #deliver} can wait: nanoseconds, Long.MAX_VALUE without a limit. */
    long waitNanos(long nowNanos) {
        ObservedRing present = ring;
        if (present == null) {
            return Long.MAX_VALUE;
        }
        return present.size() >= ObservedRing.CAPACITY / 2 ? 0 : Math.max(0, deliveredNanos + COLLECT_NANOS - nowNanos);
    }

    /** Passes the clients what came, unless more shall be collected first. */
    void deliver(long nowNanos) {
        ObservedRing present = ring;
        if (present == null || waitNanos(nowNanos) > 0) {
            return;
        }
        deliveredNanos = nowNanos;
        clients.forEach(each -> each.client.expectReading(nowNanos));
        present.take(this::deliver);
        long missing = lost.getAndSet(0);
        clients.forEach(each -> each.client.tellLost(missing));
    }

    private void deliver(ByteBuffer records, int offset) {
        for (int i = 0; i < clients.size(); i++) {
            if (isFor(clients.get(i).watch, records, offset)) {
                clients.get(i).client.tell(records.array(), offset, ObservedRecord.octets(records, offset));
            }
        }
    }

    private static boolean isFor(Watch watch, ByteBuffer records, int offset) {
        return ObservedRecord.event(records, offset) == Event.ERROR
                ? watch != Watch.RELAYED
                        || ObservedRecord.reason(records, offset).isDelivered()
                : watch == Watch.PROBES;
    }
}
