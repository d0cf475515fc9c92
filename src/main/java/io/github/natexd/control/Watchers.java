package io.github.natexd.control;

import io.github.natexd.control.Answer.Watch;
import io.github.natexd.control.ControlException.Kind;
import io.github.natexd.relay.Observation;
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
 * The clients that watch. The relay's thread puts its decisions into a bounded queue and wakes the server's thread,
 * once for all that are in the queue; the server's thread sends them to the clients. Decisions that do not fit are
 * counted and reported as lost. While no client watches, the relay has no observer.
 */
final class Watchers implements Observer {
    static final int LIMIT = 8;

    /** The limit of decisions in the queue between the threads. */
    static final int QUEUE_LIMIT = 4096;

    private final Runnable wakeServer;
    private final ArrayBlockingQueue<Observation> decided = new ArrayBlockingQueue<>(QUEUE_LIMIT);
    private final AtomicLong lost = new AtomicLong();
    private final AtomicBoolean woken = new AtomicBoolean();
    private final Map<Connection, Watch> clients = new HashMap<>();

    Watchers(Runnable wakeServer) {
        this.wakeServer = wakeServer;
    }

    /** To be called in the relay's thread. */
    @Override
    public void decided(Observation observation) {
        if (!decided.offer(observation)) {
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
        if (clients.isEmpty()) {
            daemon.observe(this);
        }
        clients.put(client, watch);
    }

    void remove(Connection client, DaemonView daemon) throws ControlException {
        if (clients.remove(client) != null && clients.isEmpty()) {
            daemon.observe(null);
        }
    }

    /** Sends the clients the decisions since the last call. */
    void deliver() {
        if (!woken.getAndSet(false)) {
            return;
        }
        List<Observation> batch = new ArrayList<>();
        decided.drainTo(batch);
        Instant now = Instant.now();
        for (Observation observation : batch) {
            String line = Requests.json(json -> ObservationJson.write(json, observation, now));
            boolean relayed = observation.reason().isDelivered();
            clients.forEach((client, watch) -> {
                if (relayed || watch == Watch.ALL) {
                    client.tell(line);
                }
            });
        }
        long missing = lost.getAndSet(0);
        clients.keySet().forEach(client -> client.tellLost(missing));
    }
}
