package io.github.natexd.lab;

import io.github.natexd.wire.Ipv4Address;
import io.github.natexd.wire.TcpHeader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The connections that guests have through the NAT: for each a socket of the host, and the NAT's end of the guest's
 * connection ({@link GuestConnection}).
 *
 * <p>A guest's SYN is answered as the target has answered the host: with SYN and ACK, with a reset, or not at all. The
 * end of a direction travels on when its octets have, a reset at once.
 *
 * <p>Everything happens in one thread of the host's namespace, the one that calls {@link #run}; but {@link #offer} and
 * {@link #stop} are for others.
 */
final class TcpConnections implements Runnable {
    /** Who talks to whom, as the guest sees it. */
    record Flow(int guest, int guestPort, int target, int port) {}

    /** A segment of a guest. */
    record Arrival(Flow flow, long guestMac, Segment segment) {}

    /** Sends a segment to a guest; its data are valid during the call. */
    interface Output {
        void send(Flow flow, long guestMac, Segment segment);
    }

    /** Both sides of a connection; {@code connectDeadline}: until when the target may be silent, in milliseconds. */
    private record Connection(Flow flow, SocketChannel host, GuestConnection guest, long connectDeadline) {
        long deadline() {
            return guest.isWaiting() ? connectDeadline : guest.deadline();
        }
    }

    /** The connection that the guest has used least recently is reset for a new one. */
    static final int CONNECTIONS_MAX = 256;
    /** A guest that still wants to connect then begins anew with its next SYN. */
    private static final long CONNECT_MILLIS = 10_000;

    private static final int ARRIVALS_MAX = 4096;

    private final Output output;
    private final Selector selector;
    private final LinkedBlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>(ARRIVALS_MAX);
    private final List<Arrival> batch = new ArrayList<>();
    private final Map<Flow, Connection> connections = new LinkedHashMap<>(16, 0.75f, true);
    /** Those for which there may be something to do. */
    private final Set<Connection> touched = new LinkedHashSet<>();

    private volatile boolean stopped;

    TcpConnections(Output output) {
        this.output = output;
        try {
            this.selector = Selector.open();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Hands over a segment, from any thread; it is lost where too many wait. */
    void offer(Arrival arrival) {
        if (arrivals.offer(arrival)) {
            selector.wakeup();
        }
    }

    /** Makes {@link #run} return, from any thread. */
    void stop() {
        stopped = true;
        selector.wakeup();
    }

    @Override
    public void run() {
        try (selector) {
            while (!stopped) {
                selector.select(key -> touched.add((Connection) key.attachment()), millisToSleep());
                long now = now();
                arrivals.drainTo(batch);
                batch.forEach(arrival -> take(arrival, now));
                batch.clear();
                connections.values().stream()
                        .filter(connection -> connection.deadline() <= now)
                        .forEach(this::expire);
                touched.forEach(connection -> serve(connection, now));
                touched.clear();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            connections.values().forEach(connection -> close(connection.host));
        }
    }

    private static long now() {
        return System.nanoTime() / 1_000_000;
    }

    /** Until the first deadline; 0: until something happens. */
    private long millisToSleep() {
        long first = GuestConnection.NEVER;
        for (Connection connection : connections.values()) {
            first = Math.min(first, connection.deadline());
        }
        return first == GuestConnection.NEVER ? 0 : Math.max(1, first - now());
    }

    private void take(Arrival arrival, long now) {
        Segment segment = arrival.segment;
        Connection known = connections.get(arrival.flow);
        if (known != null) {
            known.guest.take(segment);
            touched.add(known);
        } else if (segment.flags() == TcpHeader.SYN) {
            connect(arrival, now);
        } else if (!segment.has(TcpHeader.RST)) {
            output.send(arrival.flow, arrival.guestMac, segment.refusal());
        }
    }

    private void connect(Arrival arrival, long now) {
        Flow flow = arrival.flow;
        GuestConnection guest = new GuestConnection(
                arrival.segment,
                ThreadLocalRandom.current().nextInt(),
                segment -> output.send(flow, arrival.guestMac, segment));
        makeRoom();
        Connection connection = new Connection(flow, open(), guest, now + CONNECT_MILLIS);
        connections.put(flow, connection);
        touched.add(connection);
        try {
            connection.host.configureBlocking(false);
            connection.host.register(selector, SelectionKey.OP_CONNECT, connection);
            connection.host.connect(new InetSocketAddress(Ipv4Address.text(flow.target), flow.port));
        } catch (IOException e) {
            failed(connection, e);
        }
    }

    private static SocketChannel open() {
        try {
            return SocketChannel.open(StandardProtocolFamily.INET).setOption(StandardSocketOptions.TCP_NODELAY, true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void makeRoom() {
        if (connections.size() == CONNECTIONS_MAX) {
            Iterator<Connection> eldest = connections.values().iterator();
            Connection connection = eldest.next();
            eldest.remove();
            connection.guest.reset();
            reset(connection.host);
        }
    }

    private void expire(Connection connection) {
        if (!connection.guest.isWaiting()) {
            connection.guest.expire();
        }
        touched.add(connection);
    }

    /** Moves what can be moved, in both directions. */
    private void serve(Connection connection, long now) {
        GuestConnection guest = connection.guest;
        try {
            if (guest.isWaiting() && connection.host.finishConnect()) {
                guest.hostConnected();
            }
            if (!guest.isWaiting() && !guest.isReset()) {
                guest.writeTo(connection.host);
                guest.readFrom(connection.host);
                if (guest.hasEnded()) {
                    connection.host.shutdownOutput();
                }
            }
        } catch (IOException e) {
            failed(connection, e);
        }
        guest.flush(now);
        boolean unanswered = guest.isWaiting() && connection.connectDeadline <= now;
        if (guest.isReset() || guest.isDone() || unanswered || !connection.host.isOpen()) {
            forget(connection);
        } else {
            connection.host.keyFor(selector).interestOps(interest(guest));
        }
    }

    /** The target has refused or reset the connection; where it is out of reach, the guest gets no answer. */
    private static void failed(Connection connection, IOException cause) {
        if (!connection.guest.isWaiting() || cause instanceof ConnectException) {
            connection.guest.reset();
        }
        close(connection.host);
    }

    private static int interest(GuestConnection guest) {
        if (guest.isWaiting()) {
            return SelectionKey.OP_CONNECT;
        }
        return (guest.hasOctetsForHost() ? SelectionKey.OP_WRITE : 0)
                | (guest.hasRoomForGuest() ? SelectionKey.OP_READ : 0);
    }

    private void forget(Connection connection) {
        connections.remove(connection.flow, connection);
        if (connection.guest.isReset()) {
            reset(connection.host);
        } else {
            close(connection.host);
        }
    }

    /** Closes it with a reset for the target. */
    private static void reset(SocketChannel host) {
        try {
            host.setOption(StandardSocketOptions.SO_LINGER, 0);
        } catch (IOException e) {
            // It is closed already.
        }
        close(host);
    }

    private static void close(SocketChannel host) {
        try {
            host.close();
        } catch (IOException e) {
            // It is gone either way.
        }
    }
}
