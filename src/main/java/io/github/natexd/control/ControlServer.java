package io.github.natexd.control;

import io.github.natexd.control.Answer.Watch;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import jnr.enxio.channels.NativeSelectorProvider;
import jnr.unixsocket.UnixSocketChannel;
import jnr.unixsocket.UnixSocketOptions;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens on the control socket and responds to requests in its own thread, which sleeps while there is none. Only a
 * request that may take long gets another thread. Both the number of clients and the time of each are limited: a client
 * that sends nothing makes room for the next one.
 */
public final class ControlServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ControlServer.class);

    /** The limit of clients. One more replaces an older one that neither watches nor waits for a long request. */
    static final int CLIENTS_LIMIT = 64;

    /** As much as the system's usual limit allows: a client that watches gets many records at once. */
    private static final int SEND_BUFFER_OCTETS = 212_992;

    private static final int ACCEPT_PAUSE_MILLIS = 100;
    private static final long STOP_MILLIS = 1_000;

    private final Access access;
    private final ClientSockets sockets;
    private final ControlSocket socket;
    private final Selector selector;
    private final Deque<Connection> clients = new ArrayDeque<>();
    private @Nullable Thread thread;
    private volatile boolean closing;
    private boolean troubleLogged;

    private ControlServer(Access access, ClientSockets sockets, ControlSocket socket) throws IOException {
        this.access = access;
        this.sockets = sockets;
        this.socket = socket;
        selector = NativeSelectorProvider.getInstance().openSelector();
        socket.channel().register(selector, SelectionKey.OP_ACCEPT);
    }

    /**
     * Creates the socket; clients that connect wait until {@link #serve}.
     *
     * @throws ControlException if the socket cannot be created, or another natexd uses it
     */
    public static ControlServer listen(Path path, Access access, ClientSockets sockets) throws ControlException {
        ControlSocket socket = ControlSocket.open(path, access);
        try {
            return new ControlServer(access, sockets, socket);
        } catch (IOException e) {
            socket.remove();
            throw new ControlException(
                    ControlException.Kind.FAILED, "cannot wait for requests: " + e.getMessage(), "restart natexd");
        }
    }

    /** Starts to respond to requests, with data from {@code daemon}, and to write the metrics file if one is set. */
    public void serve(DaemonView daemon, Optional<MetricsFile> metrics) {
        Thread started = new Thread(new Service(daemon, metrics.orElse(null)), "control");
        started.setDaemon(true);
        started.start();
        thread = started;
    }

    /** Ends all connections and removes the socket. */
    @Override
    public void close() {
        closing = true;
        try {
            if (thread != null) {
                selector.wakeup();
                thread.join(STOP_MILLIS);
            }
            selector.close();
        } catch (IOException e) {
            LOG.debug("cannot close", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        socket.remove();
    }

    private void logOnce(Exception e) {
        if (!troubleLogged) {
            troubleLogged = true;
            LOG.warn("a request on the control socket failed (further failures are not logged)", e);
        }
    }

    /** The server's thread. */
    private final class Service implements Runnable {
        private final DaemonView daemon;
        private final @Nullable MetricsFile metrics;
        private final Requests requests;
        private final Queue<Runnable> finished = new ConcurrentLinkedQueue<>();
        private final Watchers watchers = new Watchers(selector::wakeup);

        Service(DaemonView daemon, @Nullable MetricsFile metrics) {
            this.daemon = daemon;
            this.metrics = metrics;
            requests = new Requests(access, daemon);
        }

        @Override
        public void run() {
            try {
                while (!closing) {
                    selector.select(sleepMillis());
                    serveReady();
                    answerFinished();
                    watchers.deliver(System.nanoTime(), this::drop);
                    dropLate();
                    if (metrics != null && metrics.nextNanos() - System.nanoTime() <= 0) {
                        metrics.write(daemon);
                    }
                }
            } catch (IOException | RuntimeException e) {
                LOG.error("the control socket does not work until natexd is restarted; relaying continues", e);
            } finally {
                List.copyOf(clients).forEach(this::drop);
                if (metrics != null) {
                    metrics.remove();
                }
            }
        }

        /** The time until the first deadline; 0 (which means no limit to the selector) if there is none. */
        private long sleepMillis() {
            long now = System.nanoTime();
            long nanos =
                    Math.min(metrics == null ? Long.MAX_VALUE : metrics.nextNanos() - now, watchers.waitNanos(now));
            for (Connection client : clients) {
                if (client.hasDeadline()) {
                    nanos = Math.min(nanos, client.deadlineNanos() - now);
                }
            }
            return nanos == Long.MAX_VALUE ? 0 : Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos) + 1);
        }

        private void serveReady() {
            Iterator<SelectionKey> ready = selector.selectedKeys().iterator();
            while (ready.hasNext()) {
                SelectionKey key = ready.next();
                ready.remove();
                if (key.isValid() && key.attachment() instanceof Connection client) {
                    serve(client, key);
                } else if (key.isValid()) {
                    accept();
                }
            }
        }

        private void accept() {
            try {
                UnixSocketChannel channel = socket.channel().accept();
                if (channel == null) {
                    // The system has no descriptors or memory left: without this pause, the selector would not sleep.
                    if (!makeRoom()) {
                        Thread.sleep(ACCEPT_PAUSE_MILLIS);
                    }
                    return;
                }
                welcome(channel);
            } catch (IOException | RuntimeException e) {
                logOnce(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private void welcome(UnixSocketChannel channel) throws IOException {
            Connection client;
            try {
                client = new Connection(channel, sockets, System.nanoTime());
                channel.configureBlocking(false);
                channel.setOption(UnixSocketOptions.SO_SNDBUF, SEND_BUFFER_OCTETS);
                client.registered(channel.register(selector, SelectionKey.OP_READ, client));
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
            if (clients.size() == CLIENTS_LIMIT) {
                makeRoom();
            }
            clients.addLast(client);
        }

        /** Drops the oldest client that is neither watching nor waiting, and root only if there is no other. */
        private boolean makeRoom() {
            Optional<Connection> dropped = clients.stream()
                    .filter(Connection::isReplaceable)
                    .min(Comparator.comparing(client -> client.caller().isRoot()));
            dropped.ifPresent(this::drop);
            return dropped.isPresent();
        }

        private void serve(Connection client, SelectionKey key) {
            try {
                if (key.isReadable()) {
                    client.read().ifPresent(request -> take(client, request));
                }
                if (key.isValid() && key.isWritable() && client.write(System.nanoTime())) {
                    drop(client);
                }
            } catch (ControlException e) {
                answer(client, Answer.of(Requests.error(e)));
            } catch (IOException e) {
                drop(client);
            } catch (RuntimeException e) {
                logOnce(e);
                drop(client);
            }
        }

        private void take(Connection client, String request) {
            if (!Requests.mayTakeLong(request)) {
                answer(client, requests.answer(request, client.caller()));
                return;
            }
            client.awaitAnswer();
            Thread worker = new Thread(() -> work(client, request), "request");
            worker.setDaemon(true);
            worker.start();
        }

        /** Runs in its own thread, so that other clients get their responses meanwhile. */
        private void work(Connection client, String request) {
            Answer answer = requests.answer(request, client.caller());
            finished.add(() -> {
                if (clients.contains(client)) {
                    answer(client, answer);
                }
            });
            selector.wakeup();
        }

        private void answerFinished() {
            for (Runnable answer = finished.poll(); answer != null; answer = finished.poll()) {
                answer.run();
            }
        }

        private void answer(Connection client, Answer answer) {
            Answer given = answer;
            if (answer.watch() != Watch.NOTHING) {
                try {
                    watchers.add(client, answer.watch(), daemon);
                } catch (ControlException e) {
                    given = Answer.of(Requests.error(e));
                }
            }
            client.answer(given.line(), given.watch() != Watch.NOTHING, System.nanoTime());
        }

        private void drop(Connection client) {
            clients.remove(client);
            client.close();
            try {
                watchers.remove(client, daemon);
            } catch (ControlException e) {
                LOG.warn("natexd still collects records although no client watches: {}", e.reason());
            }
        }

        private void dropLate() {
            long now = System.nanoTime();
            for (Connection client : List.copyOf(clients)) {
                if (client.hasDeadline() && client.deadlineNanos() - now <= 0) {
                    drop(client);
                }
            }
        }
    }
}
