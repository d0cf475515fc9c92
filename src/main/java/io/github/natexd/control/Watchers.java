package io.github.natexd.control;

import io.github.natexd.control.Answer.Watch;
import io.github.natexd.control.ControlException.Kind;
import io.github.natexd.relay.Observation;
import io.github.natexd.relay.Observed;
import io.github.natexd.relay.Observer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The clients that watch. The relay's thread puts what they get to see into a bounded queue; the server's thread sends
 * it to the clients, many events at a time, because each wake-up costs more than many events. What does not fit is
 * counted and reported as lost. While no client watches, the relay has no observer.
 */
final class Watchers implements Observer {
    static final int LIMIT = 8;

    /** The limit of the queue between the threads. */
    static final int QUEUE_LIMIT = 4096;

    /** Events wait no longer than this for others, unless the queue becomes half full. */
    private static final long COLLECT_NANOS = 10_000_000;

    private final Runnable wakeServer;
    private final ArrayBlockingQueue<Observed> observed = new ArrayBlockingQueue<>(QUEUE_LIMIT);
    private final AtomicLong lost = new AtomicLong();
    /** How many events came since the last delivery. */
    private final AtomicInteger pending = new AtomicInteger();

    private final StringBuilder line = new StringBuilder();
    private final ObservedJson json = new ObservedJson(JsonWriter.oneLine(line));
    private final List<Observed> batch = new ArrayList<>();
    private long deliveredNanos = System.nanoTime() - COLLECT_NANOS;
    private final Map<Connection, Watch> clients = new HashMap<>();
    private volatile boolean wantsProbes;

    Watchers(Runnable wakeServer) {
        this.wakeServer = wakeServer;
    }

    /** To be called in the relay's thread, like the next two. */
    @Override
    public void decided(Observation observation) {
        seen(observation);
    }

    @Override
    public boolean wantsProbes() {
        return wantsProbes;
    }

    @Override
    public void seen(Observed what) {
        if (!observed.offer(what)) {
            lost.incrementAndGet();
        }
        int events = pending.incrementAndGet();
        if (events == 1 || events == QUEUE_LIMIT / 2) {
            wakeServer.run();
        }
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
        clients.put(client, watch);
        try {
            observe(daemon);
        } catch (ControlException e) {
            clients.remove(client);
            throw e;
        }
    }

    void remove(Connection client, DaemonView daemon) throws ControlException {
        if (clients.remove(client) != null) {
            observe(daemon);
        }
    }

    private void observe(DaemonView daemon) throws ControlException {
        wantsProbes = clients.containsValue(Watch.PROBES);
        daemon.observe(clients.isEmpty() ? null : this);
    }

    /** How long {@link #deliver} can wait: nanoseconds, Long.MAX_VALUE without a limit. */
    long waitNanos(long nowNanos) {
        int events = pending.get();
        return events == 0
                ? Long.MAX_VALUE
                : events >= QUEUE_LIMIT / 2 ? 0 : Math.max(0, deliveredNanos + COLLECT_NANOS - nowNanos);
    }

    /** Sends the clients what came, unless more shall be collected first. */
    void deliver() {
        long nowNanos = System.nanoTime();
        if (waitNanos(nowNanos) > 0) {
            return;
        }
        deliveredNanos = nowNanos;
        pending.set(0);
        observed.drainTo(batch);
        long epochNanos = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
        for (Observed what : batch) {
            line.setLength(0);
            json.write(what, epochNanos);
            byte[] octets = line.toString().getBytes(StandardCharsets.ISO_8859_1);
            clients.forEach((client, watch) -> {
                if (isFor(watch, what)) {
                    client.tell(octets);
                }
            });
        }
        batch.clear();
        long missing = lost.getAndSet(0);
        clients.keySet().forEach(client -> client.tellLost(missing));
    }

    private static boolean isFor(Watch watch, Observed what) {
        return what instanceof Observation decided
                ? watch != Watch.RELAYED || decided.reason().isDelivered()
                : watch == Watch.PROBES;
    }
}
