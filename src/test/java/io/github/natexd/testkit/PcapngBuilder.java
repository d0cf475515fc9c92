package io.github.natexd.testkit;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Builds a capture file in the newer format: sections, interfaces and packets in any order. */
public final class PcapngBuilder {
    private final ByteArrayOutputStream file = new ByteArrayOutputStream();
    private ByteOrder order = ByteOrder.BIG_ENDIAN;

    /** Begins a section with this byte order; interface numbers start at 0 again. */
    public PcapngBuilder section(ByteOrder newOrder) {
        order = newOrder;
        ByteBuffer body = body(16);
        body.putInt(0x1A2B3C4D).putShort((short) 1).putShort((short) 0).putLong(-1);
        return block(0x0A0D0D0A, body);
    }

    /** Microseconds, the default. */
    public PcapngBuilder networkInterface(int linkType) {
        return block(1, body(8).putShort((short) linkType).putShort((short) 0).putInt(0));
    }

    /** With if_tsresol and if_tsoffset (seconds), behind an unused option (if_name). */
    public PcapngBuilder networkInterface(int linkType, int resolution, long offsetSeconds) {
        ByteBuffer body = body(8 + 12 + 8 + 12 + 4);
        body.putShort((short) linkType).putShort((short) 0).putInt(0);
        body.putShort((short) 2).putShort((short) 6).put("vmnet8".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        body.putShort((short) 0);
        body.putShort((short) 9).putShort((short) 1).putInt(0).put(body.position() - 4, (byte) resolution);
        body.putShort((short) 14).putShort((short) 8).putLong(offsetSeconds);
        return block(1, body.putInt(0));
    }

    public PcapngBuilder packet(int networkInterface, long units, byte[] octets) {
        ByteBuffer body = body(20 + padded(octets.length));
        return block(6, enhanced(body, networkInterface, units, octets));
    }

    /** With epb_flags: 1 for incoming, 2 for outgoing. */
    public PcapngBuilder packet(int networkInterface, long units, byte[] octets, int flags) {
        ByteBuffer body = enhanced(body(20 + padded(octets.length) + 12), networkInterface, units, octets);
        return block(
                6, body.putShort((short) 2).putShort((short) 4).putInt(flags).putInt(0));
    }

    public PcapngBuilder simplePacket(byte[] octets) {
        return block(3, body(4 + padded(octets.length)).putInt(octets.length).put(octets));
    }

    public PcapngBuilder block(int type, int bodyLength) {
        return block(type, body(bodyLength));
    }

    public byte[] bytes() {
        return file.toByteArray();
    }

    private ByteBuffer enhanced(ByteBuffer body, int networkInterface, long units, byte[] octets) {
        body.putInt(networkInterface).putInt((int) (units >>> 32)).putInt((int) units);
        body.putInt(octets.length).putInt(octets.length).put(octets);
        return body.position(20 + padded(octets.length));
    }

    private PcapngBuilder block(int type, ByteBuffer body) {
        int length = 12 + body.capacity();
        ByteBuffer block = ByteBuffer.allocate(length).order(order);
        block.putInt(type).putInt(length).put(body.array()).putInt(length);
        file.writeBytes(block.array());
        return this;
    }

    private ByteBuffer body(int length) {
        return ByteBuffer.allocate(length).order(order);
    }

    private static int padded(int length) {
        return (length + 3) / 4 * 4;
    }
}
