package io.github.natexd.cli.capture;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.natexd.cli.capture.CapturedPacket.Direction;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Any file: every packet that is read comes from the file and within its limits; then the file ends, or its damage has
 * a place within the file. What was read can be written, and reads the same.
 */
class CaptureFuzzTest {
    private record Read(long nanos, int originalLength, boolean outgoing, byte[] octets) {}

    @FuzzTest
    void anyFile(byte[] file) throws IOException, DamagedCaptureException {
        List<Read> packets = new ArrayList<>();
        try {
            CaptureFile.read(new ByteArrayInputStream(file), packet -> packets.add(checked(packet, file)));
        } catch (DamagedCaptureException e) {
            String place = e.getMessage().replaceFirst("octet ([0-9]+): .+", "$1");
            assertTrue(Long.parseLong(place) <= file.length, e::getMessage);
        }
        assertTrue(packets.stream().mapToLong(packet -> packet.octets().length).sum() <= file.length);
        readsTheSame(packets);
    }

    private static Read checked(CapturedPacket packet, byte[] file) {
        assertTrue(packet.length >= 0 && packet.length <= Math.min(file.length, CapturedPacket.OCTETS_LIMIT));
        assertTrue(packet.nanos >= 0 && packet.nanos <= CapturedPacket.LAST_NANOS);
        assertTrue(packet.number >= 1);
        LinkLayer link = new LinkLayer();
        if (link.strip(packet)) {
            assertTrue(LinkLayer.isRead(packet.linkType));
            assertTrue(link.offset() >= 0 && link.length() >= 0);
            assertEquals(packet.length, link.offset() + link.length());
        }
        return read(packet);
    }

    private static void readsTheSame(List<Read> packets) throws IOException, DamagedCaptureException {
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        try (PcapngWriter writer = PcapngWriter.to(Channels.newChannel(written))) {
            int number = writer.addInterface(LinkLayer.RAW, 0, "vmnet8");
            for (Read packet : packets) {
                byte[] octets = packet.octets();
                writer.add(number, packet.nanos(), octets, packet.originalLength(), packet.outgoing());
            }
        }
        List<Read> again = new ArrayList<>();
        CaptureFile.read(new ByteArrayInputStream(written.toByteArray()), packet -> again.add(read(packet)));
        assertEquals(packets.size(), again.size());
        for (int i = 0; i < packets.size(); i++) {
            Read expected = packets.get(i);
            assertEquals(expected.nanos(), again.get(i).nanos());
            assertEquals(expected.originalLength(), again.get(i).originalLength());
            assertEquals(expected.outgoing(), again.get(i).outgoing());
            assertArrayEquals(expected.octets(), again.get(i).octets());
        }
    }

    private static Read read(CapturedPacket packet) {
        byte[] octets = Arrays.copyOf(packet.buffer.array(), packet.length);
        return new Read(packet.nanos, packet.originalLength, packet.direction == Direction.OUT, octets);
    }
}
