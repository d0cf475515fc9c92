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
 * Guests' connections through the NAT. Each has a socket of the host and the NAT's end of the guest's connection
 * ({@link GuestConnection}).
 *
 * <p>The NAT responds to a guest's SYN as the target has responded to the host: with SYN and ACK, with a reset, or not
 * at all. It passes on the end of a direction after all data of that direction, and a reset at once.
 *
 * <p>Everything runs in the thread that calls {@link #run}, which must be in the host's namespace; only {@link #offer}
 * and {@link #stop} are for other threads.
 */
final class TcpConnections implements Runnable {
    /** A connection as the guest sees it. */
    record Flow(int guest, int guestPort, int target, int port) {}

    /** A segment of a guest. */
    record Arrival(Flow flow, long guestMac, Segment segment) {}

    /** Sends a segment to a guest; its data are valid only during the call. */
    interface Output {
        void send(Flow flow, long guestMac, Segment segment);
    }

    /** Both sides of a connection; the target must respond before {@code connectDeadline}, in milliseconds. */
    private record Connection(Flow flow, SocketChannel host, GuestConnection guest, long connectDeadline) {
        long deadline() {
            return guest.isWaiting() ? connectDeadline : guest.deadline();
        }
    }

    /** A new connection beyond this number resets the connection that was unused for the longest time. */
    static final int CONNECTIONS_MAX = 256;
    /** After this time, the guest's next SYN starts another attempt. */
    private static final long CONNECT_MILLIS = 10_000;

    private static final int ARRIVALS_MAX = 4096;

    private final Output output;
    private final Selector selector;
    private final LinkedBlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>(ARRIVALS_MAX);
    private final List<Arrival> batch = new ArrayList<>();
    private final Map<Flow, Connection> connections = new LinkedHashMap<>(16, 0.75f, true);
    /** The connections that may have something to do. */
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

    /** Passes a segment to the connections' thread, from any thread; drops it if too many are waiting. */
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

    /** The time until the first deadline; 0 if there is none, which means no limit. */
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

    /** Moves all the data that can be moved, in both directions. */
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

    /** The target has refused or reset the connection. If it cannot be reached, the guest gets no response. */
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

    /** Closes the connection with a reset to the target. */
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
            // It is closed in any case.
        }
    }
}
