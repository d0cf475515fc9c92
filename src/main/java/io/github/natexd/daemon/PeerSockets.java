package io.github.natexd.daemon;

import io.github.natexd.control.Caller;
import io.github.natexd.control.ClientSockets;
import io.github.natexd.linux.libc.OsException;
import io.github.natexd.linux.libc.Peer;
import java.io.IOException;
import java.nio.ByteBuffer;

/** The sockets of the control socket's clients. */
public final class PeerSockets implements ClientSockets {
    @Override
    public Caller caller(int descriptor) {
        Peer peer = Peer.of(descriptor);
        return new Caller(peer.user(), peer.groups());
    }

    @Override
    public void sendBuffer(int descriptor, int octets) {
        Peer.sendBuffer(descriptor, octets);
    }

    @Override
    public int send(int descriptor, ByteBuffer octets) throws IOException {
        try {
            return Peer.send(descriptor, octets);
        } catch (OsException e) {
            throw new IOException(e.getMessage(), e);
        }
    }
}
