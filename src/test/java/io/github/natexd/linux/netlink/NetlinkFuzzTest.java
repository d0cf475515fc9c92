package io.github.natexd.linux.netlink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Any datagram: each walk goes forward and ends, and nothing beyond the message is read. The buffer ends where the
 * datagram ends, so a read beyond it throws.
 */
class NetlinkFuzzTest {
    private static final int HEADER = 16;
    private static final int ATTRIBUTE_HEADER = 4;
    private static final int IFINFOMSG_LENGTH = 16;
    private static final List<byte[]> TABLES = List.of("natexd".getBytes(StandardCharsets.UTF_8));

    private final Messages messages = new Messages();

    @FuzzTest
    void anyDatagram(byte[] octets) {
        ByteBuffer datagram = ByteBuffer.wrap(octets.clone()).order(ByteOrder.LITTLE_ENDIAN);
        messages.over(datagram, 0, octets.length);
        int end = 0;
        int steps = 0;
        while (messages.next()) {
            steps++;
            assertTrue(messages.body() >= end + HEADER, "forward");
            end = messages.body() + messages.bodyLength();
            assertTrue(end <= octets.length, "within");
            walk(messages, octets);
            assertTrue(!RuleNews.isDeletion(messages, TABLES) || messages.type() >>> 8 == 10);
            RouteNews.isRelevant(messages);
            if (messages.bodyLength() >= IFINFOMSG_LENGTH) {
                checkIsolated(messages, octets);
            }
        }
        assertTrue(steps <= octets.length / HEADER, "steps");
    }

    private static void walk(Messages messages, byte[] octets) {
        int limit = messages.body() + messages.bodyLength();
        for (int fixed = 0; fixed <= IFINFOMSG_LENGTH; fixed += 4) {
            Attributes attributes = messages.attributes(fixed);
            int end = messages.body() + fixed;
            int steps = 0;
            while (attributes.next()) {
                steps++;
                assertTrue(attributes.offset() >= end + ATTRIBUTE_HEADER, "forward");
                end = attributes.offset() + attributes.length();
                assertTrue(end <= limit, "within");
                assertTrue(attributes.type() <= 0x3FFF);
                boolean short4 = attributes.length() < Integer.BYTES;
                assertEquals(short4 ? 0 : number(octets, attributes.offset()), attributes.networkInt());
                assertEquals(Integer.reverseBytes(attributes.networkInt()), attributes.hostInt());
                attributes.networkLong(0);
                attributes.networkLong(8);
            }
            assertTrue(steps <= messages.bodyLength() / ATTRIBUTE_HEADER, "steps");
        }
    }

    /** What is around a message has no influence on the interface that is read from it. */
    private static void checkIsolated(Messages messages, byte[] octets) {
        Links.Link link = Links.read(messages);
        int start = messages.body() - HEADER;
        byte[] alone = new byte[HEADER + messages.bodyLength()];
        System.arraycopy(octets, start, alone, 0, alone.length);
        Messages others = new Messages().over(ByteBuffer.wrap(alone).order(ByteOrder.LITTLE_ENDIAN), 0, alone.length);
        assertTrue(others.next());
        assertEquals(link, Links.read(others));
    }

    private static int number(byte[] octets, int at) {
        return ByteBuffer.wrap(octets).getInt(at);
    }
}
