package io.github.natexd.testkit;

import io.github.natexd.wire.IcmpError;
import io.github.natexd.wire.Ipv4Address;
import io.github.natexd.wire.Protocol;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** An IPv4 packet for tests: named fields, computed from the octets without the code under test. */
public record Packet(byte[] octets, int at) {
    public static Packet of(byte[] octets) {
        return new Packet(octets, 0);
    }

    public int octet(int offset) {
        return octets[at + offset] & 0xFF;
    }

    public int word(int offset) {
        return octet(offset) << 8 | octet(offset + 1);
    }

    private int address(int offset) {
        return ByteBuffer.wrap(octets).getInt(at + offset);
    }

    public int headerLength() {
        return (octet(0) & 0x0F) * 4;
    }

    public int totalLength() {
        return word(2);
    }

    public int id() {
        return word(4);
    }

    public int ttl() {
        return octet(8);
    }

    public int protocol() {
        return octet(9);
    }

    public String source() {
        return Ipv4Address.text(address(12));
    }

    public String destination() {
        return Ipv4Address.text(address(16));
    }

    public boolean isUdp() {
        return protocol() == Protocol.UDP;
    }

    public boolean isEcho(int type) {
        return protocol() == Protocol.ICMP && transport(0) >> 8 == type;
    }

    public boolean isEchoRequest() {
        return isEcho(8);
    }

    public boolean isProbe() {
        return isUdp() || isEchoRequest();
    }

    public boolean isIcmpError() {
        return protocol() == Protocol.ICMP && IcmpError.isErrorType(transport(0) >> 8);
    }

    /** A 16-bit word of the transport header. */
    public int transport(int offset) {
        return word(headerLength() + offset);
    }

    /** UDP source port or ICMP identifier. */
    public int port() {
        return isUdp() ? transport(0) : transport(4);
    }

    /** UDP destination port or ICMP sequence. */
    public int destinationPort() {
        return isUdp() ? transport(2) : transport(6);
    }

    public int transportChecksum() {
        return isUdp() ? transport(6) : transport(2);
    }

    /** The octets behind the transport header of 8 octets, as far as they are present. */
    public byte[] data() {
        int end = Math.min(octets.length, at + totalLength());
        return Arrays.copyOfRange(octets, at + headerLength() + 8, end);
    }

    /** The packet an ICMP error quotes. */
    public Packet embedded() {
        return new Packet(octets, at + headerLength() + 8);
    }

    /** Distinguishes the probes of one sender, in every network. */
    public String probeKey() {
        return protocol() + " to " + destination() + " " + port() + " " + destinationPort();
    }

    @Override
    public String toString() {
        return source() + " > " + destination() + " ttl " + ttl() + " id " + id()
                + (isIcmpError() ? " error " + transport(0) + " about [" + embedded() + "]" : " " + probeKey());
    }
}
