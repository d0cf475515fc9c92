package io.github.natexd.cli.capture;

import java.io.IOException;

/**
 * The older format: one header, then packets.
 * <pre>
 * file  0|magic | 4|major, minor version | 8|unused | 12|unused | 16|snap length | 20|link type
 * packet 0|seconds | 4|micro- or nanoseconds | 8|octets in the file | 12|octets on the wire | octets ...
 * </pre>
 */
final class PcapFormat implements CaptureFile.Format {
    static final int MICROS_MAGIC = 0xA1B2C3D4;
    static final int NANOS_MAGIC = 0xA1B23C4D;

    private static final int MAJOR_VERSION = 2;
    private static final long LINK_TYPE_OFFSET = 20;
    private static final int UNUSED_OCTETS = 12;

    /** The upper bits describe frame check sequences, which are not needed here. */
    private static final int LINK_TYPE_BITS = 0xFFFF;

    private static final long NANOS_OF_SECOND = 1_000_000_000;
    private static final int NANOS_OF_MICRO = 1_000;
    private static final String HEADER = "the file header";
    private static final String PACKET_HEADER = "a packet's header";

    private final OctetInput input;
    private final int nanosOfUnit;
    private final int linkType;

    private PcapFormat(OctetInput input, boolean nanos, int linkType) {
        this.input = input;
        nanosOfUnit = nanos ? 1 : NANOS_OF_MICRO;
        this.linkType = linkType;
    }

    /** Reads the header behind the magic; the byte order of the input is already set. */
    static PcapFormat open(OctetInput input, boolean nanos) throws IOException, DamagedCaptureException {
        long at = input.position();
        int major = input.readUnsignedShort(HEADER);
        int minor = input.readUnsignedShort(HEADER);
        if (major != MAJOR_VERSION) {
            throw new DamagedCaptureException(at, "pcap of version " + major + "." + minor + "; only 2.x is supported");
        }
        input.skip(UNUSED_OCTETS, HEADER);
        int linkType = input.readInt(HEADER) & LINK_TYPE_BITS;
        if (!LinkLayer.isRead(linkType)) {
            throw new DamagedCaptureException(LINK_TYPE_OFFSET, LinkLayer.complaint(linkType));
        }
        return new PcapFormat(input, nanos, linkType);
    }

    @Override
    public boolean next(CapturedPacket packet) throws IOException, DamagedCaptureException {
        if (input.atEnd()) {
            return false;
        }
        long seconds = Integer.toUnsignedLong(input.readInt(PACKET_HEADER));
        long units = Integer.toUnsignedLong(input.readInt(PACKET_HEADER));
        long at = input.position();
        int length = input.readInt(PACKET_HEADER);
        int originalLength = input.readInt(PACKET_HEADER);
        if (length < 0 || length > CapturedPacket.OCTETS_LIMIT) {
            throw new DamagedCaptureException(
                    at,
                    "a packet of " + Integer.toUnsignedLong(length) + " octets; the limit is "
                            + CapturedPacket.OCTETS_LIMIT);
        }
        packet.nanos = Math.min(seconds * NANOS_OF_SECOND + units * nanosOfUnit, CapturedPacket.LAST_NANOS);
        packet.linkType = linkType;
        packet.direction = CapturedPacket.Direction.UNKNOWN;
        packet.length = length;
        packet.originalLength = originalLength;
        input.read(packet.room(length), length, "a packet of " + length + " octets");
        return true;
    }
}
