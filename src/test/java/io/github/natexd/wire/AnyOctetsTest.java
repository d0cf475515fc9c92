package io.github.natexd.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.testkit.PacketFile;
import io.github.natexd.testkit.Packets;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Reads from the Ethernet header to the embedded transport header, as far as the checks allow, over arbitrary octets.
 * The buffer ends where the octets end, so a read beyond them throws an exception.
 */
class AnyOctetsTest {
    private static final int CASES = 300_000;
    private static final List<byte[]> SEEDS = Stream.of(
                    "time-exceeded-quoting-28-octets",
                    "time-exceeded-with-mpls-and-length-17-words",
                    "port-unreachable-for-echo-with-options",
                    "error-about-an-error")
            .map(PacketFile::read)
            .map(packet -> Packets.frame(Packets.GUEST_MAC, Packets.GATEWAY_MAC, packet))
            .toList();

    private final EthernetFrame frame = new EthernetFrame();
    private final Ipv4Header outer = new Ipv4Header();
    private final IcmpError error = new IcmpError();
    private final Ipv4Header embedded = new Ipv4Header();
    private final UdpHeader udp = new UdpHeader();
    private final IcmpEcho echo = new IcmpEcho();

    @Test
    @DisplayName("R7: every truncation of every packet is read within its bounds")
    void everyTruncationOfEveryPacketIsReadWithinItsBounds() {
        for (byte[] whole : SEEDS) {
            for (int octets = 0; octets <= whole.length; octets++) {
                walk(Arrays.copyOf(whole, octets));
            }
        }
    }

    @Test
    void everyViewPrintsWhateverIsAtHand() {
        for (byte[] whole : SEEDS) {
            for (int octets = 0; octets <= whole.length; octets++) {
                ByteBuffer cut = ByteBuffer.wrap(Arrays.copyOf(whole, octets));
                String printed = frame.over(cut, 0, octets) + "; " + outer.over(cut, 0, octets) + "; "
                        + error.over(cut, 0, octets);
                assertEquals(
                        (octets < 14 ? 1 : 0) + (octets < 20 ? 1 : 0) + (octets < 8 ? 1 : 0),
                        printed.split(" cut off after " + octets + " octets", -1).length - 1,
                        printed);
            }
        }
        byte[] packet = PacketFile.read("time-exceeded-quoting-28-octets");
        ByteBuffer buffer = ByteBuffer.wrap(packet);
        outer.over(buffer, 0, packet.length).check(false);
        assertTrue(outer.toString().contains(", protocol 1, ttl "), outer.toString());
        error.over(buffer, outer.transportOffset(), outer.transportOctets());
        assertTrue(error.toString().startsWith("ICMP type 11 code 0, checksum 0x"), error.toString());
    }

    @Test
    void damagedPacketsAreReadWithinTheirBounds() {
        SplittableRandom random = new SplittableRandom(792);
        int arrivals = 0;
        for (int i = 0; i < CASES; i++) {
            byte[] octets = SEEDS.get(i % SEEDS.size()).clone();
            for (int damage = random.nextInt(4); damage >= 0; damage--) {
                octets[random.nextInt(octets.length)] = (byte) random.nextInt();
            }
            boolean cut = random.nextInt(4) == 0;
            arrivals += walk(cut ? Arrays.copyOf(octets, random.nextInt(octets.length)) : octets) ? 1 : 0;
        }
        assertTrue(arrivals > CASES / 4, "many cases should get as far as the embedded transport head");
    }

    @Test
    void noiseIsReadWithinItsBounds() {
        SplittableRandom random = new SplittableRandom(791);
        for (int i = 0; i < CASES; i++) {
            byte[] octets = new byte[random.nextInt(120)];
            random.nextBytes(octets);
            walk(octets);
        }
    }

    /** Reads everything; returns whether it reached the embedded transport header. */
    private boolean walk(byte[] octets) {
        byte[] before = octets.clone();
        ByteBuffer buffer = ByteBuffer.wrap(octets);
        boolean arrived = frame.over(buffer, 0, octets.length).check() && walkOuter(buffer);
        assertArrayEquals(before, octets, "reading changes nothing");
        return arrived;
    }

    private boolean walkOuter(ByteBuffer buffer) {
        read(frame.destination() + frame.source() + frame.etherType());
        outer.over(buffer, frame.payloadOffset(), frame.payloadOctets());
        if (outer.check(false) != Ipv4Header.Problem.NONE) {
            return false;
        }
        readAll(outer);
        assertTrue(outer.transportOffset() + outer.transportOctets() <= buffer.limit());
        error.over(buffer, outer.transportOffset(), outer.transportOctets());
        if (!error.check()) {
            return false;
        }
        read(error.type() + error.code() + error.checksum() + error.lengthOctet() + (error.checksumOk() ? 1 : 0));
        embedded.over(buffer, error.embeddedOffset(), error.embeddedOctets());
        return embedded.check(true) == Ipv4Header.Problem.NONE && walkEmbedded(buffer);
    }

    private boolean walkEmbedded(ByteBuffer buffer) {
        readAll(embedded);
        assertTrue(embedded.transportOffset() + embedded.transportOctets() <= buffer.limit());
        if (embedded.transportOctets() < UdpHeader.LENGTH) {
            return false;
        }
        udp.over(buffer, embedded.transportOffset());
        read(udp.sourcePort() + udp.destinationPort() + udp.length() + udp.checksum());
        echo.over(buffer, embedded.transportOffset());
        read(echo.type() + echo.code() + echo.checksum() + echo.identifier() + echo.sequence());
        return true;
    }

    private static void readAll(Ipv4Header header) {
        read(header.headerLength() + header.optionsLength() + header.typeOfService() + header.totalLength());
        read(header.identification() + header.fragmentOffset() + header.timeToLive() + header.protocol());
        read(header.headerChecksum() + header.source() + header.destination() + (header.checksumOk() ? 1 : 0));
    }

    /** Every value is valid; it matters only that reading it does not throw an exception. */
    private static void read(long number) {
        assertTrue(number <= Long.MAX_VALUE);
    }
}
