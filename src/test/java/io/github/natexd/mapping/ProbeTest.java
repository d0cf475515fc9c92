package io.github.natexd.mapping;

import static io.github.natexd.testkit.Packets.GUEST;
import static io.github.natexd.testkit.Packets.HOST;
import static io.github.natexd.testkit.Packets.TARGET;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.testkit.Packets;
import io.github.natexd.testkit.ProbeBuilder;
import io.github.natexd.wire.Checksum;
import io.github.natexd.wire.Ipv4Header;
import io.github.natexd.wire.Probe;
import io.github.natexd.wire.ReadProbe;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is read of a probe: its content is the same on both sides of a NAT, and nothing is read of what is no probe. */
class ProbeTest {
    private static final int CASES = 100_000;
    private static final int PORT = 40000;

    @Test
    @DisplayName("R17: the content is equal on both sides of a NAT, whether it repairs checksums or computes them")
    void theContentIsEqualOnBothSidesOfANat() {
        Random random = new Random(1624);
        int zeros = 0;
        for (int i = 0; i < CASES; i++) {
            boolean udp = random.nextBoolean();
            int guestPort = edge(random);
            int natPort = edge(random);
            int sequence = edge(random);
            byte[] data = data(random);
            byte[] guests = packet(udp, GUEST, guestPort, sequence, data);
            byte[] computed = packet(udp, HOST, natPort, sequence, data);
            byte[] repaired = computed.clone();
            repair(repaired, udp, checksum(guests, udp), guestPort, natPort);

            Probe probe = read(guests);
            zeros += probe.content == 0 ? 1 : 0;
            assertTrue(probe.contentKnown);
            assertEquals(probe.content, read(computed).content, "case " + i);
            assertEquals(probe.content, read(repaired).content, "case " + i);
        }
        assertTrue(zeros > 0, "the edge was met");
    }

    @Test
    @DisplayName("R17: other data is another content")
    void otherDataIsAnotherContent() {
        Random random = new Random(5);
        for (int i = 0; i < 1000; i++) {
            int word = random.nextInt(0xFFFF); // but 0xFFFF, which is a zero as well
            int other = (word + 1 + random.nextInt(0xFFFE)) % 0xFFFF;
            boolean udp = random.nextBoolean();

            Probe one = read(packet(udp, GUEST, PORT, 33434, octets(word)));
            Probe another = read(packet(udp, GUEST, PORT, 33434, octets(other)));

            assertNotEquals(one.content, another.content, word + " and " + other);
        }
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    @DisplayName("R17: a checksum of 0 and one of 0xFFFF are one number")
    void theTwoZerosAreOneNumber(boolean plain) {
        Probe zero = read(
                Packets.echoProbe(GUEST, TARGET, plain ? 7 : 0, 1).checksum(0).bytes());
        Probe allOnes = read(Packets.echoProbe(GUEST, TARGET, plain ? 7 : 0, 1)
                .checksum(0xFFFF)
                .bytes());

        assertTrue(zero.contentKnown && allOnes.contentKnown, "an echo always has a checksum");
        assertEquals(zero.content, allOnes.content);
    }

    @Test
    @DisplayName("a UDP checksum of 0, and the unfinished one of offload, say nothing; an echo's 0 does")
    void missingAndUnfinishedChecksumsSayNothing() {
        byte[] right = MappingScene.fromHost(PORT).bytes();
        int unfinished = MappingScene.unfinished(right);

        assertTrue(read(right).contentKnown);
        assertFalse(read(MappingScene.fromHost(PORT).checksum(0).bytes()).contentKnown);
        assertFalse(read(MappingScene.fromHost(PORT).checksum(unfinished).bytes()).contentKnown);
        assertTrue(read(MappingScene.fromHost(PORT).checksum(unfinished + 1).bytes()).contentKnown);
        assertTrue(read(MappingScene.echo(HOST, PORT).checksum(0).bytes()).contentKnown);
    }

    @Test
    @DisplayName(
            "R6: the length is the sender's: UDP's field, an echo's octets, and of an echo's first fragment unknown")
    void theLengthIsTheSenders() {
        ProbeBuilder udp = MappingScene.fromGuest(PORT).dataOctets(32);
        ProbeBuilder echo = MappingScene.echo(GUEST, PORT).dataOctets(32);

        assertEquals(40, read(udp.bytes()).transportLength);
        assertEquals(40, read(udp.flagsAndOffset(0x2000).bytes()).transportLength);
        assertEquals(40, read(echo.bytes()).transportLength);
        assertEquals(40, read(echo.options(new byte[8]).bytes()).transportLength);
        assertEquals(0, read(echo.flagsAndOffset(0x2000).bytes()).transportLength);
    }

    @Test
    @DisplayName("R18: an echo's identifier and sequence stand for the ports")
    void identifierAndSequenceAreThePorts() {
        Probe probe = read(Packets.echoProbe(GUEST, TARGET, 7, 9).ttl(5).id(3).bytes());

        assertEquals(7, probe.sourcePort);
        assertEquals(9, probe.destinationPort);
        assertEquals(GUEST, probe.source);
        assertEquals(TARGET, probe.destination);
        assertEquals(1, probe.protocol);
        assertEquals(5, probe.timeToLive);
        assertEquals(3, probe.identification);
    }

    @Test
    @DisplayName("R17, R18: a class is protocol, destination and destination port")
    void aClassIsProtocolDestinationAndItsPort() {
        long key = read(Packets.udpProbe(GUEST, TARGET, 1, 2).bytes()).classKey();

        assertEquals(key, read(Packets.udpProbe(HOST, TARGET, 3, 2).bytes()).classKey());
        assertNotEquals(key, read(Packets.udpProbe(GUEST, TARGET, 1, 3).bytes()).classKey());
        assertNotEquals(
                key, read(Packets.udpProbe(GUEST, TARGET + 1, 1, 2).bytes()).classKey());
        assertNotEquals(
                key, read(Packets.echoProbe(GUEST, TARGET, 1, 2).bytes()).classKey());
    }

    @Test
    @DisplayName(
            "R6-R8: neither a later fragment, nor less than eight octets, nor anything but an echo request is a probe")
    void whatIsNoProbeIsNotRead() {
        byte[] probe = MappingScene.fromGuest(PORT).bytes();

        assertTrue(reads(probe));
        assertFalse(reads(MappingScene.fromGuest(PORT).flagsAndOffset(1).bytes()));
        assertFalse(reads(Arrays.copyOf(probe, 27)));
        assertTrue(reads(Arrays.copyOf(probe, 28)));
        assertFalse(reads(MappingScene.echo(GUEST, PORT).icmpType(0).bytes()));
        assertFalse(reads(MappingScene.echo(GUEST, PORT).icmpType(11).bytes()));
        byte[] tcp = probe.clone();
        tcp[9] = 6;
        assertFalse(reads(tcp));
    }

    private static byte[] packet(boolean udp, int source, int port, int sequence, byte[] data) {
        ProbeBuilder probe = udp
                ? Packets.udpProbe(source, TARGET, port, sequence)
                : Packets.echoProbe(source, TARGET, port, sequence);
        return probe.data(data).bytes();
    }

    /** Puts in what a NAT makes of the guest's checksum by difference: in UDP, a result of 0 is sent as all ones. */
    private static void repair(byte[] packet, boolean udp, int checksum, int guestPort, int natPort) {
        int repaired = udp ? Checksum.update32(checksum, GUEST, HOST) : checksum;
        repaired = Checksum.update16(repaired, guestPort, natPort);
        int at = udp ? 26 : 22;
        ByteBuffer.wrap(packet).putShort(at, (short) (udp && repaired == 0 ? 0xFFFF : repaired));
    }

    private static int checksum(byte[] packet, boolean udp) {
        return ByteBuffer.wrap(packet).getShort(udp ? 26 : 22) & 0xFFFF;
    }

    private static int edge(Random random) {
        return switch (random.nextInt(8)) {
            case 0 -> 0;
            case 1 -> 0xFFFF;
            default -> random.nextInt(0x10000);
        };
    }

    private static byte[] data(Random random) {
        byte[] data = new byte[random.nextInt(4) == 0 ? 2 : random.nextInt(64)];
        switch (random.nextInt(4)) {
            case 0 -> Arrays.fill(data, (byte) 0);
            case 1 -> Arrays.fill(data, (byte) 0xFF);
            default -> random.nextBytes(data);
        }
        return data;
    }

    private static byte[] octets(int word) {
        return new byte[] {(byte) (word >>> 8), (byte) word};
    }

    private static Probe read(byte[] packet) {
        ReadProbe probe = new ReadProbe();
        assertTrue(reads(packet, probe));
        return probe;
    }

    private static boolean reads(byte[] packet) {
        return reads(packet, new ReadProbe());
    }

    private static boolean reads(byte[] packet, ReadProbe probe) {
        ByteBuffer buffer = ByteBuffer.wrap(packet);
        Ipv4Header header = new Ipv4Header().over(buffer, 0, packet.length);
        assertEquals(Ipv4Header.Problem.NONE, header.check(true));
        return probe.read(buffer, header);
    }
}
