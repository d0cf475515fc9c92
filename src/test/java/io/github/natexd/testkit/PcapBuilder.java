package io.github.natexd.testkit;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Builds a capture file in the older format. */
public final class PcapBuilder {
    private static final int MICROS_MAGIC = 0xA1B2C3D4;
    private static final int NANOS_MAGIC = 0xA1B23C4D;
    private static final long NANOS_OF_SECOND = 1_000_000_000;

    private final ByteArrayOutputStream file = new ByteArrayOutputStream();
    private final ByteOrder order;
    private final boolean nanos;

    public PcapBuilder(ByteOrder order, boolean nanos, int linkType) {
        this.order = order;
        this.nanos = nanos;
        ByteBuffer header = ByteBuffer.allocate(24).order(order);
        header.putInt(nanos ? NANOS_MAGIC : MICROS_MAGIC).putShort((short) 2).putShort((short) 4);
        header.putLong(0).putInt(262_144).putInt(linkType);
        file.writeBytes(header.array());
    }

    /** Little endian, with microseconds, as tcpdump writes it on most machines. */
    public static PcapBuilder of(int linkType) {
        return new PcapBuilder(ByteOrder.LITTLE_ENDIAN, false, linkType);
    }

    public PcapBuilder packet(long atNanos, byte[] octets) {
        return packet(atNanos, octets, octets.length);
    }

    /** A packet of which the file has only the first octets. */
    public PcapBuilder packet(long atNanos, byte[] octets, int originalLength) {
        ByteBuffer header = ByteBuffer.allocate(16).order(order);
        long units = atNanos % NANOS_OF_SECOND / (nanos ? 1 : 1_000);
        header.putInt((int) (atNanos / NANOS_OF_SECOND)).putInt((int) units);
        header.putInt(octets.length).putInt(originalLength);
        file.writeBytes(header.array());
        file.writeBytes(octets);
        return this;
    }

    public byte[] bytes() {
        return file.toByteArray();
    }
}
