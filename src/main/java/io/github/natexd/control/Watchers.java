package io.github.natexd.control;

import io.github.natexd.control.Answer.Watch;
import io.github.natexd.control.ControlException.Kind;
import io.github.natexd.relay.Observation;
import io.github.natexd.relay.Observed;
import io.github.natexd.relay.Observer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The clients that watch. The relay's thread puts what they get to see into a bounded queue and wakes the server's
 * thread, once for all that is in the queue; the server's thread sends it to the clients. What does not fit is counted
 * and reported as lost. While no client watches, the relay has no observer.
 */
final class Watchers implements Observer {
    static final int LIMIT = 8;

    /** The limit of the queue between the threads. */
    static final int QUEUE_LIMIT = 4096;

    private final Runnable wakeServer;
    private final ArrayBlockingQueue<Observed> observed = new ArrayBlockingQueue<>(QUEUE_LIMIT);
    private final AtomicLong lost = new AtomicLong();
    private final AtomicBoolean woken = new AtomicBoolean();
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
        if (woken.compareAndSet(false, true)) {
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

    /** Sends the clients what came since the last call. */
    void deliver() {
        if (!woken.getAndSet(false)) {
            return;
        }
        List<Observed> batch = new ArrayList<>();
        observed.drainTo(batch);
        Instant now = Instant.now();
        for (Observed what : batch) {
            String line = Requests.json(json -> ObservedJson.write(json, what, now));
            clients.forEach((client, watch) -> {
                if (isFor(watch, what)) {
                    client.tell(line);
                }
            });
        }
        long missing = lost.getAndSet(0);
        clients.keySet().forEach(client -> client.tellLost(missing));
    }

    private static boolean isFor(Watch watch, Observed what) {
        return what instanceof Observation decided
                ? watch != Watch.RELAYED || decided.reason().isDelivered()
                : watch == Watch.PROBES;
    }
}
