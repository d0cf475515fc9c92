package io.github.natexd.daemon;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import jnr.unixsocket.UnixDatagramChannel;
import jnr.unixsocket.UnixSocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells systemd how natexd is (sd_notify(3)): one datagram to the socket named in NOTIFY_SOCKET, if there is one. */
final class Notify {
    private static final Logger LOG = LoggerFactory.getLogger(Notify.class);

    private Notify() {}

    static void ready(String status) {
        send("READY=1\nSTATUS=" + status);
    }

    static void status(String status) {
        send("STATUS=" + status);
    }

    static void stopping() {
        send("STOPPING=1\nSTATUS=stopping");
    }

    private static void send(String message) {
        String socket = System.getenv("NOTIFY_SOCKET");
        if (socket == null || socket.isEmpty()) {
            return;
        }
        // An abstract name is written with '@' and begins with NUL.
        String path = socket.startsWith("@") ? '\0' + socket.substring(1) : socket;
        try (UnixDatagramChannel channel = UnixDatagramChannel.open()) {
            channel.send(ByteBuffer.wrap(message.getBytes(StandardCharsets.UTF_8)), new UnixSocketAddress(path));
        } catch (IOException e) {
            LOG.warn("cannot notify systemd through {}: {}", socket, e.getMessage());
        }
    }
}
