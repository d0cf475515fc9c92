package io.github.natexd.control;

import io.github.natexd.control.Answer.Watch;
import io.github.natexd.control.ControlException.Kind;
import io.github.natexd.report.Observed;
import io.github.natexd.report.Observer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The clients that watch. The relay's thread puts what they get to see into a ring; the server's thread sends it to the
 * clients, many records at a time, because each wake-up costs more than many records. What does not fit is counted and
 * reported as lost. While no client watches, the relay has no observer. The ring is made for the first client and kept
 * for later ones. Nothing is allocated for records: to collect garbage would cost natexd more than the records.
 */
final class Watchers implements Observer {
    static final int LIMIT = 8;

    /** Records wait no longer than this for others: the longer time while many come. */
    private static final long COLLECT_NANOS = 200_000_000;

    private static final long COLLECT_MANY_NANOS = 500_000_000;
    /** In one delivery. */
    private static final int MANY = 1_000;

    /** Nor do this many: the server's thread is woken. */
    private static final int ENOUGH = ObservedRing.CAPACITY / 2;

    /** Clients that let more records wait than this are too slow. */
    private static final int TOO_MANY = ObservedRing.CAPACITY / 4 * 3;

    private final Runnable wakeServer;
    private final AtomicLong lost = new AtomicLong();
    private final List<Watching> clients = new ArrayList<>();
    private volatile @Nullable ObservedRing ring;
    private volatile boolean wantsProbes;
    private int delivered;
    private long deliveredNanos = System.nanoTime();
    private long collectNanos = COLLECT_NANOS;

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
        int held = present.held();
        if (!present.put(observed)) {
            lost.incrementAndGet();
        } else if (held < ENOUGH && present.held() >= ENOUGH) {
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
        ObservedRing present = ring;
        if (present == null) {
            present = new ObservedRing();
            ring = present;
        }
        if (clients.isEmpty()) {
            lost.set(0); // what earlier clients missed
        }
        clients.add(new Watching(client, watch == Watch.PROBES, present));
        try {
            observe(daemon);
        } catch (ControlException e) {
            forget(client);
            throw e;
        }
    }

    void remove(Connection client, DaemonView daemon) throws ControlException {
        if (forget(client)) {
            observe(daemon);
        }
    }

    private boolean forget(Connection client) {
        return clients.removeIf(each -> each.client() == client);
    }

    private void observe(DaemonView daemon) throws ControlException {
        wantsProbes = clients.stream().anyMatch(Watching::wantsProbes);
        daemon.observe(clients.isEmpty() ? null : this);
    }

    /** How long {@link #deliver} can wait: nanoseconds, Long.MAX_VALUE without a limit. */
    long waitNanos(long nowNanos) {
        ObservedRing present = ring;
        if (present == null || clients.isEmpty()) {
            return Long.MAX_VALUE;
        }
        return present.end() - delivered >= ENOUGH ? 0 : Math.max(0, deliveredNanos + collectNanos - nowNanos);
    }

    /** Sends the clients what came, unless more shall be collected first; passes on clients that have gone. */
    void deliver(long nowNanos, Consumer<Connection> gone) {
        ObservedRing present = ring;
        if (present == null || waitNanos(nowNanos) > 0) {
            return;
        }
        deliveredNanos = nowNanos;
        long missing = lost.getAndSet(0);
        int end = present.end();
        collectNanos = end - delivered >= MANY ? COLLECT_MANY_NANOS : COLLECT_NANOS;
        delivered = end;
        int begin = delivered;
        for (Watching each : List.copyOf(clients)) {
            each.lose(missing);
            try {
                each.send(present, nowNanos);
            } catch (IOException e) {
                gone.accept(each.client());
            }
            if (present.end() - each.first() > TOO_MANY) {
                each.skip(present, nowNanos);
            }
            if (each.first() - begin < 0) {
                begin = each.first();
            }
        }
        present.release(begin);
    }
}
