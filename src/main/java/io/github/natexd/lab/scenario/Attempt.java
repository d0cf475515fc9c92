package io.github.natexd.lab.scenario;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** A client's attempt to connect. Nothing in it waits. */
final class Attempt implements AutoCloseable {
    private final SocketChannel channel;

    private Attempt(SocketChannel channel) {
        this.channel = channel;
    }

    /** Sends a SYN from this node. */
    static Attempt in(Stage stage, String node, InetSocketAddress server) {
        return stage.in(node, () -> {
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.INET);
            channel.configureBlocking(false);
            channel.connect(server);
            return new Attempt(channel);
        });
    }

    boolean connected() {
        try {
            return channel.finishConnect();
        } catch (IOException e) {
            return false; // refused, or timed out
        }
    }

    SocketChannel channel() {
        return channel;
    }

    /** Carries octets from one end to the other; returns whether exactly these arrived in time. */
    static boolean carries(Stage stage, long millis, SocketChannel from, SocketChannel to, byte[] octets) {
        ByteBuffer out = ByteBuffer.wrap(octets);
        ByteBuffer in = ByteBuffer.allocate(octets.length);
        return stage.await(millis, () -> {
                    try {
                        from.write(out);
                        boolean open = to.read(in) >= 0;
                        return !open || !in.hasRemaining();
                    } catch (IOException e) {
                        throw new UncheckedIOException("carry data", e);
                    }
                })
                && in.flip().equals(ByteBuffer.wrap(octets));
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // It is gone either way.
        }
    }
}
