package io.github.natexd.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.natexd.wire.Checksum;
import io.github.natexd.wire.EthernetFrame;
import io.github.natexd.wire.IcmpEcho;
import io.github.natexd.wire.IcmpError;
import io.github.natexd.wire.Ipv4Address;
import io.github.natexd.wire.Ipv4Header;
import io.github.natexd.wire.Ipv4Header.Problem;
import io.github.natexd.wire.MacAddress;
import io.github.natexd.wire.MplsLabels;
import io.github.natexd.wire.Protocol;
import io.github.natexd.wire.TcpHeader;
import io.github.natexd.wire.UdpHeader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Views over any octets. The buffer ends where the octets end, so a read beyond them throws. Every rewrite changes only
 * its fields, and the checksum stays right, or wrong by the same amount.
 */
class WireFuzzTest {
    /** A new address, a new port, a choice and a spare octet come before the octets of the packet. */
    private static final int PARAMETERS = 8;

    private static final int MODULUS = 0xFFFF;

    private final Ipv4Header header = new Ipv4Header();
    private final IcmpError error = new IcmpError();
    private final IcmpEcho echo = new IcmpEcho();
    private final UdpHeader udp = new UdpHeader();
    private final TcpHeader tcp = new TcpHeader();
    private final EthernetFrame frame = new EthernetFrame();
    private final MplsLabels labels = new MplsLabels();

    @FuzzTest
    void anyOctets(byte[] data) {
        if (data.length < PARAMETERS) {
            return;
        }
        ByteBuffer parameters = ByteBuffer.wrap(data);
        int address = parameters.getInt(0);
        int port = parameters.getShort(4) & 0xFFFF;
        byte[] octets = Arrays.copyOfRange(data, PARAMETERS, data.length);
        switch (data[6] & 7) {
            case 0 -> outer(octets, address, port);
            case 1 -> icmpError(octets, 0, octets.length, address, port);
            case 2 -> embedded(octets, 0, octets.length, address, port);
            case 3 -> udp(octets, 0, octets.length, parameters.getInt(2), address, port);
            case 4 -> tcp(octets, 0, octets.length, address, port);
            case 5 -> echo(octets, 0, octets.length, port);
            case 6 -> ethernet(octets);
            default -> addresses(new String(octets, StandardCharsets.ISO_8859_1), address, parameters.getLong(0));
        }
    }

    private void outer(byte[] octets, int address, int word) {
        if (header.over(ByteBuffer.wrap(octets), 0, octets.length).check(false) != Problem.NONE) {
            assertEquals(0, header.transportOctets());
            return;
        }
        assertTrue(header.toString().startsWith("IPv4 "));
        int at = header.transportOffset();
        int length = header.transportOctets();
        assertEquals(header.totalLength(), at + length);
        assertTrue(at + length <= octets.length);
        switch (header.protocol()) {
            case Protocol.ICMP -> icmpError(octets, at, length, address, word);
            case Protocol.TCP -> tcp(octets, at, length, address, word);
            case Protocol.UDP -> udp(octets, at, length, header.source(), address, word);
            default -> {}
        }
        rewriteHeader(octets, 0, false, address, word);
    }

    private void embedded(byte[] octets, int at, int length, int address, int word) {
        if (header.over(ByteBuffer.wrap(octets), at, length).check(true) != Problem.NONE) {
            return;
        }
        int transport = header.transportOffset();
        int transportOctets = header.transportOctets();
        assertEquals(at + length, transport + transportOctets);
        int former = header.source();
        int protocol = header.protocol();
        rewriteHeader(octets, at, true, address, word);
        if (protocol == Protocol.UDP) {
            udp(octets, transport, transportOctets, former, address, word);
        } else if (protocol == Protocol.ICMP) {
            echo(octets, transport, transportOctets, word);
        }
    }

    /** Each rewrite on its own: on the checksum as it is, then on a right one. */
    private void rewriteHeader(byte[] octets, int at, boolean embedded, int address, int word) {
        for (int round = 0; round < 6; round++) {
            byte[] now = octets.clone();
            int length = now.length - at;
            assertEquals(
                    Problem.NONE, header.over(ByteBuffer.wrap(now), at, length).check(embedded));
            int headerLength = header.headerLength();
            boolean right = round >= 3;
            if (right) {
                header.recomputeHeaderChecksum();
                assertTrue(header.checksumOk());
            }
            byte[] before = now.clone();
            int field =
                    switch (round % 3) {
                        case 0 -> 12;
                        case 1 -> 16;
                        default -> 4;
                    };
            switch (field) {
                case 12 -> header.rewriteSource(address);
                case 16 -> header.rewriteDestination(address);
                default -> header.rewriteIdentification(word);
            }
            int expected = field == 4 ? word : address;
            int octetsOfField = field == 4 ? Short.BYTES : Integer.BYTES;
            assertEquals(expected, number(now, at + field, octetsOfField));
            onlyChanged(before, now, at + field, octetsOfField, at + 10);
            assertEquals(sum(before, at, headerLength) % MODULUS, sum(now, at, headerLength) % MODULUS);
            if (right) {
                assertEquals(checksum(now, at, headerLength, at + 10, 0), header.headerChecksum(), "±0");
            }
        }
    }

    private void icmpError(byte[] octets, int at, int length, int address, int word) {
        byte[] now = octets.clone();
        ByteBuffer buffer = ByteBuffer.wrap(now);
        if (!error.over(buffer, at, length).check()) {
            assertTrue(length < IcmpError.LENGTH);
            return;
        }
        boolean right = error.checksumOk();
        labels.over(buffer, error);
        assertTrue(labels.count() <= MplsLabels.LIMIT);
        embedded(octets, error.embeddedOffset(), error.embeddedOctets(), address, word);
        if (error.embeddedOctets() >= Integer.BYTES) {
            int changed = error.embeddedOffset();
            int former = Checksum.sum(buffer, changed, Integer.BYTES);
            buffer.putInt(changed, address);
            error.repairChecksum(former, Checksum.sum(buffer, changed, Integer.BYTES));
            onlyChanged(octets, now, changed, Integer.BYTES, at + 2);
            assertEquals(sum(octets, at, length) % MODULUS, sum(now, at, length) % MODULUS);
            // A right sum becomes 0 only if all octets become zero, which no message of an error's type does.
            assertTrue(!right || error.checksumOk() || sum(now, at, length) == 0);
        }
    }

    private void echo(byte[] octets, int at, int length, int identifier) {
        if (length < IcmpEcho.LENGTH) {
            return;
        }
        byte[] now = octets.clone();
        echo.over(ByteBuffer.wrap(now), at).rewriteIdentifier(identifier);
        assertEquals(identifier, echo.identifier());
        assertTrue(echo.toString().startsWith("ICMP "));
        onlyChanged(octets, now, at + 4, Short.BYTES, at + 2);
        assertEquals(sum(octets, at, length) % MODULUS, sum(now, at, length) % MODULUS);
    }

    private void udp(byte[] octets, int at, int length, int former, int address, int port) {
        if (length < UdpHeader.LENGTH) {
            return;
        }
        byte[] now = octets.clone();
        udp.over(ByteBuffer.wrap(now), at).rewriteSource(former, address, port);
        onlyChanged(octets, now, at, Short.BYTES, at + 6);
        assertEquals(port, udp.sourcePort());
        boolean without = number(octets, at + 6, Short.BYTES) == 0;
        assertEquals(without, udp.checksum() == 0, "a checksum neither comes nor goes");
        if (!without) {
            long before = sum(octets, at, length) + words(former);
            long after = sum(now, at, length) + words(address);
            assertEquals(before % MODULUS, after % MODULUS);
        }
        byte[] changed = octets.clone();
        udp.over(ByteBuffer.wrap(changed), at).rewriteDestination(former, address, port, length);
        onlyChanged(octets, changed, at + 2, Short.BYTES, at + 6);
        assertEquals(port, udp.destinationPort());
        if (!without) {
            long pseudo = words(former) + words(address) + Protocol.UDP + length;
            int computed = checksum(changed, at, length, at + 6, pseudo);
            assertEquals(computed == 0 ? MODULUS : computed, udp.checksum());
        }
    }

    private void tcp(byte[] octets, int at, int length, int source, int destination) {
        byte[] now = octets.clone();
        if (!tcp.over(ByteBuffer.wrap(now), at, length).check()) {
            return;
        }
        assertEquals(length, tcp.headerLength() + tcp.dataOctets());
        assertTrue(tcp.maximumSegment() <= 0xFFFF);
        assertTrue(tcp.toString().startsWith("TCP "));
        tcp.computeChecksum(source, destination);
        assertTrue(tcp.checksumOk(source, destination));
        long pseudo = words(source) + words(destination) + Protocol.TCP + length;
        assertEquals(checksum(now, at, length, at + 16, pseudo), tcp.checksum());
        onlyChanged(octets, now, at + 16, Short.BYTES, at + 16);
    }

    private void ethernet(byte[] octets) {
        ByteBuffer buffer = ByteBuffer.wrap(octets.clone());
        boolean complete = frame.over(buffer, 0, octets.length).check();
        assertTrue(frame.toString().startsWith("Ethernet "));
        if (complete) {
            ByteBuffer written = ByteBuffer.wrap(octets.clone());
            for (int i = 0; i < EthernetFrame.LENGTH; i++) {
                written.put(i, (byte) 0);
            }
            EthernetFrame.write(written, 0, frame.destination(), frame.source(), frame.etherType());
            assertEquals(buffer, written);
        }
    }

    private static void addresses(String text, int address, long bits) {
        assertEquals(address, Ipv4Address.parse(Ipv4Address.text(address)));
        long mac = bits & MacAddress.BROADCAST;
        assertEquals(mac, MacAddress.parse(MacAddress.text(mac)));
        try {
            assertEquals(text, Ipv4Address.text(Ipv4Address.parse(text)));
        } catch (IllegalArgumentException e) {
            assertTrue(e.getMessage().startsWith("not an IPv4 address"), e.getMessage());
        }
        try {
            assertTrue(text.equalsIgnoreCase(MacAddress.text(MacAddress.parse(text))));
        } catch (IllegalArgumentException e) {
            assertTrue(e.getMessage().startsWith("not a MAC address"), e.getMessage());
        }
    }

    /** Compares everything outside a field and a checksum of two octets. */
    private static void onlyChanged(byte[] before, byte[] now, int field, int octets, int checksum) {
        assertEquals(before.length, now.length);
        for (int i = 0; i < now.length; i++) {
            boolean mayChange = i >= field && i < field + octets || i >= checksum && i < checksum + Short.BYTES;
            if (!mayChange && before[i] != now[i]) {
                throw new AssertionError("octet " + i + " changed from " + before[i] + " to " + now[i]);
            }
        }
    }

    /** A checksum computed word by word, without what is in its own two octets. */
    private static int checksum(byte[] octets, int at, int length, int place, long pseudo) {
        long sum = pseudo + sum(octets, at, length) - number(octets, place, Short.BYTES);
        while (sum > MODULUS) {
            sum = (sum & MODULUS) + (sum >>> 16);
        }
        return (int) (~sum & MODULUS);
    }

    /** The sum of the words, not folded; computed without the code under test. */
    private static long sum(byte[] octets, int at, int length) {
        long sum = 0;
        for (int i = 0; i < length; i++) {
            sum += (long) (octets[at + i] & 0xFF) << (i % 2 == 0 ? 8 : 0);
        }
        return sum;
    }

    private static long words(int address) {
        return (address >>> 16) + (address & 0xFFFFL);
    }

    private static int number(byte[] octets, int at, int count) {
        int number = 0;
        for (int i = 0; i < count; i++) {
            number = number << 8 | octets[at + i] & 0xFF;
        }
        return number;
    }
}
