package io.github.natexd.control;

import java.io.IOException;
import java.nio.ByteBuffer;

/** What the kernel does with clients' sockets and Java's classes cannot. */
public interface ClientSockets {
    /** The user at the other end of a connected socket. */
    Caller caller(int descriptor);

    /** Lets the client leave this many octets unread before natexd has to wait; without CAP_NET_ADMIN, nothing changes. */
    void sendBuffer(int descriptor, int octets);

    /**
     * Sends what remains in a direct buffer as far as the client takes it; copies and allocates nothing.
     *
     * @return the number of octets sent; 0 if the client must read first
     * @throws IOException if the client is gone
     */
    int send(int descriptor, ByteBuffer octets) throws IOException;
}
