package io.github.natexd.relay;

import io.github.natexd.mapping.Mapper;
import java.nio.ByteBuffer;

/**
 * Probes that leave the host, as the kernel logs them before source NAT: the first octets of IPv4 packets, in batches.
 */
public interface EgressLog extends AutoCloseable {
    /** The user id if the kernel did not report one. */
    int NO_UID = Mapper.NO_UID;

    int descriptor();

    /** Receives packets without blocking; returns their number. */
    int receive();

    /** Whether the last {@link #receive} filled its batch. If not, nothing was left. */
    boolean mayHaveMore();

    ByteBuffer buffer(int index);

    /** Where the IPv4 header of packet {@code index} begins in its buffer. */
    int offset(int index);

    /** How many octets of packet {@code index} were copied. */
    int length(int index);

    /** The user that owns the sending socket, or {@link #NO_UID}. */
    int uid(int index);

    /** How many packets were lost so far (ENOBUFS, gaps in the sequence). */
    long overflows();

    @Override
    void close();
}
