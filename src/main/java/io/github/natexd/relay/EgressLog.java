package io.github.natexd.relay;

import io.github.natexd.mapping.Mapper;
import java.nio.ByteBuffer;

/** Probes leaving the host, as the kernel logs them before source NAT: the first octets of IPv4 packets, in batches. */
public interface EgressLog extends AutoCloseable {
    /** The user id of a sender whose socket the kernel did not name. */
    int NO_UID = Mapper.NO_UID;

    int descriptor();

    /** Receives what is there, without blocking; returns the number of packets. */
    int receive();

    /** The last {@link #receive} filled its batch. If it did not, nothing was left. */
    boolean mayHaveMore();

    ByteBuffer buffer(int index);

    /** Where the IPv4 header of packet {@code index} begins in its buffer. */
    int offset(int index);

    /** How many octets of packet {@code index} were copied. */
    int length(int index);

    /** The user id owning the sending socket, or {@link #NO_UID}. */
    int uid(int index);

    /** Copies lost so far (ENOBUFS, gaps in the sequence). */
    long overflows();

    @Override
    void close();
}
