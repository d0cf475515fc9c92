package io.github.natexd.control;

import io.github.natexd.daemon.PeerSockets;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Supplier;

/** Real sockets, whose users the test chooses. */
public record GivenCallers(Supplier<Caller> next) implements ClientSockets {
    @Override
    public Caller caller(int descriptor) {
        return next.get();
    }

    @Override
    public void sendBuffer(int descriptor, int octets) {
        new PeerSockets().sendBuffer(descriptor, octets);
    }

    @Override
    public int send(int descriptor, ByteBuffer octets) throws IOException {
        return new PeerSockets().send(descriptor, octets);
    }
}
