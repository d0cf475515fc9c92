package io.github.natexd.heart;

import io.github.natexd.wire.Ipv4Address;
import java.nio.ByteBuffer;

/**
 * A probe as schedules and the model know it: what can be read of its first 28 octets.
 *
 * @param length UDP's length field, or the octets of the whole echo request; of a fragment, those of the fragment
 * @param fragment whether it is the first fragment of a longer packet
 */
record Sent(
        int protocol,
        int source,
        int destination,
        int sourcePort,
        int destinationPort,
        int id,
        int ttl,
        int checksum,
        int length,
        boolean fragment) {
    static final int UDP = 17;
    static final int ECHO = 1;
    static final int HEADER = 20;
    static final int HEADS = 28;

    private static final int MORE_FRAGMENTS = 0x2000;
    private static final int MODULUS = 0xFFFF;

    /** The same probe with the checksum for this data. */
    Sent finished(int dataSum) {
        int sum = fold(sumOfHead() + dataSum);
        int complement = ~sum & 0xFFFF;
        return withChecksum(protocol == UDP && complement == 0 ? 0xFFFF : complement);
    }

    /** The data's sum for which everything except the source address and port adds up to zero. */
    int dataForZero() {
        int rest = sumOfHead() - sourcePort - (protocol == UDP ? halves(source) : 0);
        return MODULUS - rest % MODULUS;
    }

    /** The same probe with the checksum that a sender with checksum offload leaves in it. */
    Sent unfinished() {
        return withChecksum(pseudoSum());
    }

    /** The part of a correct checksum that does not depend on the source, modulo 65535. */
    int content() {
        int sum = (~checksum & 0xFFFF) - sourcePort - (protocol == UDP ? halves(source) : 0);
        return Math.floorMod(sum, MODULUS);
    }

    boolean contentKnown() {
        return protocol == ECHO || checksum != 0 && checksum != pseudoSum();
    }

    boolean lengthKnown() {
        return protocol == UDP || !fragment;
    }

    boolean sameClass(Sent other) {
        return protocol == other.protocol
                && destination == other.destination
                && destinationPort == other.destinationPort;
    }

    boolean sameTuple(Sent other) {
        return sameClass(other) && source == other.source && sourcePort == other.sourcePort;
    }

    boolean samePort(Sent other) {
        return sourcePort == other.sourcePort;
    }

    /** An ID of 0 is no evidence. */
    boolean sameId(Sent other) {
        return id != 0 && id == other.id;
    }

    boolean sameContent(Sent other) {
        return contentKnown() && other.contentKnown() && content() == other.content();
    }

    /** The number of pieces of evidence that both are the same probe. */
    int pieces(Sent other) {
        return (samePort(other) ? 1 : 0) + (sameId(other) ? 1 : 0) + (sameContent(other) ? 1 : 0);
    }

    private int sumOfHead() {
        int ports = sourcePort + destinationPort;
        return protocol == UDP ? pseudoSum() + ports + length : 0x0800 + ports;
    }

    private int pseudoSum() {
        return fold(halves(source) + halves(destination) + UDP + length);
    }

    private static int halves(int address) {
        return (address >>> 16) + (address & 0xFFFF);
    }

    static int fold(int sum) {
        int folded = sum;
        while (folded > 0xFFFF) {
            folded = (folded & 0xFFFF) + (folded >>> 16);
        }
        return folded;
    }

    Sent withChecksum(int changed) {
        return new Sent(protocol, source, destination, sourcePort, destinationPort, id, ttl, changed, length, fragment);
    }

    Sent withId(int changed) {
        return new Sent(
                protocol, source, destination, sourcePort, destinationPort, changed, ttl, checksum, length, fragment);
    }

    Sent withTtl(int changed) {
        return new Sent(
                protocol, source, destination, sourcePort, destinationPort, id, changed, checksum, length, fragment);
    }

    Sent withLength(int changed) {
        return new Sent(
                protocol, source, destination, sourcePort, destinationPort, id, ttl, checksum, changed, fragment);
    }

    Sent withSourcePort(int changed) {
        return new Sent(protocol, source, destination, changed, destinationPort, id, ttl, checksum, length, fragment);
    }

    /** The same probe from another source, with the checksum repaired as a NAT repairs it. */
    Sent from(int newSource, int newPort) {
        int changed = checksum;
        boolean none = protocol == UDP && checksum == 0;
        if (!none) {
            int sum = content() + newPort + (protocol == UDP ? halves(newSource) : 0);
            changed = ~fold(sum) & 0xFFFF;
            changed = protocol == UDP && changed == 0 ? 0xFFFF : changed;
        }
        return new Sent(protocol, newSource, destination, newPort, destinationPort, id, ttl, changed, length, fragment);
    }

    /** Writes the probe, with zeros as data. */
    void write(ByteBuffer to, int at) {
        to.putShort(at, (short) 0x4500).putShort(at + 2, (short) (HEADER + length));
        to.putShort(at + 4, (short) id).putShort(at + 6, (short) (fragment ? MORE_FRAGMENTS : 0));
        to.putShort(at + 8, (short) (ttl << 8 | protocol)).putShort(at + 10, (short) 0);
        to.putInt(at + 12, source).putInt(at + 16, destination);
        to.putShort(at + 10, (short) ~sum(to, at, HEADER));
        int transport = at + HEADER;
        if (protocol == UDP) {
            to.putShort(transport, (short) sourcePort).putShort(transport + 2, (short) destinationPort);
            to.putShort(transport + 4, (short) length).putShort(transport + 6, (short) checksum);
        } else {
            to.putShort(transport, (short) 0x0800).putShort(transport + 2, (short) checksum);
            to.putShort(transport + 4, (short) sourcePort).putShort(transport + 6, (short) destinationPort);
        }
        for (int i = HEADS; i < HEADER + length; i++) {
            to.put(at + i, (byte) 0);
        }
    }

    static int sum(ByteBuffer octets, int at, int length) {
        int sum = 0;
        for (int i = 0; i < length; i += 2) {
            sum += octets.getShort(at + i) & 0xFFFF;
        }
        return fold(sum);
    }

    @Override
    public String toString() {
        return "%s %s:%d > %s:%d id %d ttl %d checksum %04x length %d%s%s"
                .formatted(
                        protocol == UDP ? "udp" : "echo",
                        Ipv4Address.text(source),
                        sourcePort,
                        Ipv4Address.text(destination),
                        destinationPort,
                        id,
                        ttl,
                        checksum,
                        length,
                        fragment ? " fragment" : "",
                        contentKnown() ? "" : " (no content)");
    }
}
