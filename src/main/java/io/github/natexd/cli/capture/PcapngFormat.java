package io.github.natexd.cli.capture;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * The newer format: sections of blocks; each section has its own byte order and interfaces.
 * <pre>
 * block  0|type | 4|total length | 8|body, padded to whole words ... |total length again
 * </pre>
 * Reads section headers, interface descriptions, and enhanced, simple and obsolete packets; skips other blocks.
 */
final class PcapngFormat implements CaptureFile.Format {
    static final int SECTION_HEADER = 0x0A0D0D0A;

    private static final int BYTE_ORDER_MAGIC = 0x1A2B3C4D;
    private static final int INTERFACE_DESCRIPTION = 1;
    private static final int OBSOLETE_PACKET = 2;
    private static final int SIMPLE_PACKET = 3;
    private static final int ENHANCED_PACKET = 6;

    /** The octets of a block's type and both total lengths. */
    private static final int FRAME_OCTETS = 12;

    private static final int WORD = 4;
    private static final int MAJOR_VERSION = 1;

    /** A section with more interfaces counts as damaged, to bound the memory. */
    private static final int INTERFACES_LIMIT = 4096;

    private static final int OPTION_END = 0;
    private static final int OPTION_FLAGS = 2;
    private static final int OPTION_RESOLUTION = 9;
    private static final int OPTION_OFFSET = 14;
    private static final int DEFAULT_RESOLUTION = 6;
    private static final int RESOLUTION_IS_BINARY = 0x80;
    private static final BigInteger NANOS_OF_SECOND = BigInteger.valueOf(1_000_000_000);
    private static final BigInteger LAST_NANOS = BigInteger.valueOf(CapturedPacket.LAST_NANOS);

    /** One interface; {@code unitsOfSecond} is the resolution of its timestamps. */
    private record Interface(int linkType, int snapLength, BigInteger unitsOfSecond, BigInteger offsetSeconds) {}

    private final OctetInput input;
    private final List<Interface> interfaces = new ArrayList<>();
    private boolean sectionOpen;
    private long blockStart;
    private long bodyEnd;
    private long lastNanos;

    /** @param input positioned behind the type of the first section header */
    PcapngFormat(OctetInput input) {
        this.input = input;
    }

    @Override
    public boolean next(CapturedPacket packet) throws IOException, DamagedCaptureException {
        // The type of the first block has been read already, to recognize the format.
        while (!sectionOpen || !input.atEnd()) {
            boolean first = !sectionOpen;
            blockStart = first ? 0 : input.position();
            int type = first ? SECTION_HEADER : input.readInt("a block's type");
            if (block(type, packet)) {
                return true;
            }
        }
        return false;
    }

    /** Reads one block to its end; returns whether it held a packet. */
    private boolean block(int type, CapturedPacket packet) throws IOException, DamagedCaptureException {
        int length = type == SECTION_HEADER ? sectionLength() : input.readInt("a block's length");
        if (length < 0 || length < FRAME_OCTETS || length % WORD != 0) {
            throw new DamagedCaptureException(
                    blockStart + WORD, "a block of " + Integer.toUnsignedLong(length) + " octets is impossible");
        }
        bodyEnd = blockStart + length - WORD;
        boolean found = false;
        switch (type) {
            case SECTION_HEADER -> section();
            case INTERFACE_DESCRIPTION -> describeInterface();
            case ENHANCED_PACKET, OBSOLETE_PACKET -> {
                enhancedPacket(packet, type == OBSOLETE_PACKET);
                found = true;
            }
            case SIMPLE_PACKET -> {
                simplePacket(packet);
                found = true;
            }
            default -> {
                // Names, statistics, comments and future block types.
            }
        }
        input.skip(bodyEnd - input.position(), "a block of " + length + " octets");
        int again = input.readInt("a block's second length");
        if (again != length) {
            throw new DamagedCaptureException(
                    bodyEnd,
                    "the block at octet " + blockStart + " has two different lengths: " + length + " octets, then "
                            + Integer.toUnsignedLong(again));
        }
        return found;
    }

    /** The byte-order magic of a section header also applies to the length in front of it. */
    private int sectionLength() throws IOException, DamagedCaptureException {
        input.order(ByteOrder.BIG_ENDIAN);
        int length = input.readInt("a section header");
        long at = input.position();
        int magic = input.readInt("a section header");
        if (magic == BYTE_ORDER_MAGIC) {
            return length;
        }
        if (Integer.reverseBytes(magic) != BYTE_ORDER_MAGIC) {
            throw new DamagedCaptureException(at, "%08x is not a byte-order magic".formatted(magic));
        }
        input.order(ByteOrder.LITTLE_ENDIAN);
        return Integer.reverseBytes(length);
    }

    private void section() throws IOException, DamagedCaptureException {
        need(2 * Short.BYTES, "a section header");
        long at = input.position();
        int major = input.readUnsignedShort("a section header");
        int minor = input.readUnsignedShort("a section header");
        if (major != MAJOR_VERSION) {
            throw new DamagedCaptureException(
                    at, "pcapng of version " + major + "." + minor + "; only 1.x is supported");
        }
        // The section's length follows; it may be unknown, and is not needed.
        interfaces.clear();
        sectionOpen = true;
    }

    private void describeInterface() throws IOException, DamagedCaptureException {
        String what = "an interface description";
        need(2 * WORD, what);
        int linkType = input.readUnsignedShort(what);
        input.readUnsignedShort(what);
        int snapLength = input.readInt(what);
        BigInteger units = BigInteger.TEN.pow(DEFAULT_RESOLUTION);
        BigInteger offset = BigInteger.ZERO;
        for (int option = option(what); option != OPTION_END; option = option(what)) {
            int length = option & 0xFFFF;
            long next = input.position() + padded(length);
            if (option >>> 16 == OPTION_RESOLUTION && length == 1) {
                units = unitsOfSecond(input.readUnsignedByte(what));
            } else if (option >>> 16 == OPTION_OFFSET && length == 2 * WORD) {
                offset = BigInteger.valueOf(readLong(what));
            }
            input.skip(next - input.position(), what);
        }
        if (interfaces.size() == INTERFACES_LIMIT) {
            throw new DamagedCaptureException(blockStart, "more than " + INTERFACES_LIMIT + " interfaces");
        }
        interfaces.add(new Interface(linkType, snapLength, units, offset));
    }

    private static BigInteger unitsOfSecond(int resolution) {
        int exponent = resolution & ~RESOLUTION_IS_BINARY;
        return (resolution & RESOLUTION_IS_BINARY) == 0 ? BigInteger.TEN.pow(exponent) : BigInteger.TWO.pow(exponent);
    }

    /** Interface, time, both lengths; the obsolete block has a 16-bit interface, then a drop count. */
    private void enhancedPacket(CapturedPacket packet, boolean obsolete) throws IOException, DamagedCaptureException {
        String what = "a packet block";
        need(5 * WORD, what);
        long at = input.position();
        int index;
        if (obsolete) {
            index = input.readUnsignedShort(what);
            input.readUnsignedShort(what);
        } else {
            index = input.readInt(what);
        }
        Interface description = describedInterface(index, at);
        long high = Integer.toUnsignedLong(input.readInt(what));
        long low = Integer.toUnsignedLong(input.readInt(what));
        packet.nanos = nanos(high << 32 | low, description);
        lastNanos = packet.nanos;
        long lengthAt = input.position();
        int length = input.readInt(what);
        packet.originalLength = input.readInt(what);
        packet.linkType = description.linkType();
        packet.direction = CapturedPacket.Direction.UNKNOWN;
        octets(packet, length, lengthAt);
        for (int option = option(what); option != OPTION_END; option = option(what)) {
            int optionLength = option & 0xFFFF;
            long next = input.position() + padded(optionLength);
            if (option >>> 16 == OPTION_FLAGS && optionLength == WORD) {
                packet.direction = direction(input.readInt(what));
            }
            input.skip(next - input.position(), what);
        }
    }

    /** Only the original length; a simple packet belongs to the first interface and has no timestamp. */
    private void simplePacket(CapturedPacket packet) throws IOException, DamagedCaptureException {
        String what = "a simple packet block";
        need(WORD, what);
        long at = input.position();
        Interface description = describedInterface(0, at);
        packet.originalLength = input.readInt(what);
        packet.nanos = lastNanos;
        packet.linkType = description.linkType();
        packet.direction = CapturedPacket.Direction.UNKNOWN;
        long length = Integer.toUnsignedLong(packet.originalLength);
        if (description.snapLength() != 0) {
            length = Math.min(length, Integer.toUnsignedLong(description.snapLength()));
        }
        octets(packet, (int) length, at);
    }

    private void octets(CapturedPacket packet, int length, long lengthAt) throws IOException, DamagedCaptureException {
        if (length < 0 || length > CapturedPacket.OCTETS_LIMIT || padded(length) > bodyEnd - input.position()) {
            throw new DamagedCaptureException(
                    lengthAt, "a packet of " + Integer.toUnsignedLong(length) + " octets does not fit into its block");
        }
        packet.length = length;
        input.read(packet.room(length), length, "a packet of " + length + " octets");
        input.skip(padded(length) - length, "a packet's padding");
    }

    private Interface describedInterface(int index, long at) throws DamagedCaptureException {
        if (index < 0 || index >= interfaces.size()) {
            throw new DamagedCaptureException(
                    at,
                    "a packet of interface " + Integer.toUnsignedLong(index) + ", but " + interfaces.size()
                            + " were described so far");
        }
        return interfaces.get(index);
    }

    /** The next option's code (upper 16 bits) and length; OPTION_END if the options or the block end. */
    private int option(String what) throws IOException, DamagedCaptureException {
        if (bodyEnd - input.position() < WORD) {
            return OPTION_END;
        }
        long at = input.position();
        int code = input.readUnsignedShort(what);
        int length = input.readUnsignedShort(what);
        if (code == OPTION_END) {
            return OPTION_END;
        }
        if (padded(length) > bodyEnd - input.position()) {
            throw new DamagedCaptureException(at, "an option of " + length + " octets does not fit into its block");
        }
        return code << 16 | length;
    }

    private long readLong(String what) throws IOException, DamagedCaptureException {
        // Unlike the other 64-bit fields, this one is not split into halves: its octets are in the section's order.
        int first = input.readInt(what);
        int second = input.readInt(what);
        boolean big = input.order() == ByteOrder.BIG_ENDIAN;
        return (long) (big ? first : second) << 32 | Integer.toUnsignedLong(big ? second : first);
    }

    private void need(int octets, String what) throws DamagedCaptureException {
        long body = bodyEnd - input.position();
        if (body < octets) {
            throw new DamagedCaptureException(blockStart + WORD, what + " of " + body + " octets is too short");
        }
    }

    private static CapturedPacket.Direction direction(int flags) {
        return switch (flags & 3) {
            case 1 -> CapturedPacket.Direction.IN;
            case 2 -> CapturedPacket.Direction.OUT;
            default -> CapturedPacket.Direction.UNKNOWN;
        };
    }

    private static long nanos(long units, Interface description) {
        return new BigInteger(Long.toUnsignedString(units))
                .multiply(NANOS_OF_SECOND)
                .divide(description.unitsOfSecond())
                .add(description.offsetSeconds().multiply(NANOS_OF_SECOND))
                .min(LAST_NANOS)
                .max(BigInteger.ZERO)
                .longValueExact();
    }

    private static long padded(int length) {
        return (length + (WORD - 1L)) / WORD * WORD;
    }
}
