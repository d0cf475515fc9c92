package io.github.natexd.daemon;

import io.github.natexd.report.RepeatedTrouble;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import jnr.unixsocket.UnixDatagramChannel;
import jnr.unixsocket.UnixSocketAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends datagrams to the service manager (sd_notify(3)) through one socket that stays open. Sending never blocks: a
 * service manager that does not read must not delay the loop.
 */
final class Notify implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Notify.class);

    private final @Nullable UnixSocketAddress address;
    private final @Nullable UnixDatagramChannel channel;
    private final RepeatedTrouble trouble = new RepeatedTrouble(LOG, "cannot notify the service manager");

    private Notify(@Nullable UnixSocketAddress address, @Nullable UnixDatagramChannel channel) {
        this.address = address;
        this.channel = channel;
    }

    /**
     * @param socket the value of NOTIFY_SOCKET: a path, or {@code @name} of an abstract socket; null or empty: messages
     *     are dropped
     */
    static Notify to(@Nullable String socket) {
        if (socket == null || socket.isEmpty()) {
            return new Notify(null, null);
        }
        // An abstract name is written with '@' and begins with NUL.
        String path = socket.startsWith("@") ? '\0' + socket.substring(1) : socket;
        try {
            UnixDatagramChannel channel = UnixDatagramChannel.open();
            channel.configureBlocking(false);
            return new Notify(new UnixSocketAddress(path), channel);
        } catch (IOException e) {
            LOG.warn("cannot notify the service manager through {}: {}", socket, e.getMessage());
            return new Notify(null, null);
        }
    }

    /** @param message lines of {@code NAME=value} */
    synchronized void send(String message) {
        UnixDatagramChannel open = channel;
        if (open == null) {
            return;
        }
        try {
            // With its address each time: the service manager may have replaced its socket under the same name.
            open.send(ByteBuffer.wrap(message.getBytes(StandardCharsets.UTF_8)), address);
        } catch (IOException e) {
            trouble.happened(String.valueOf(e.getMessage()), System.nanoTime());
        }
    }

    @Override
    public synchronized void close() {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                LOG.debug("closing the socket to the service manager", e);
            }
        }
    }
}
