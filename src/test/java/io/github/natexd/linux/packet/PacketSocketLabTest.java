package io.github.natexd.linux.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.linux.libc.Native;
import io.github.natexd.linux.libc.OsException;
import io.github.natexd.testkit.NamespaceLab;
import io.github.natexd.wire.EthernetFrame;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

/**
 * Packet sockets on both ends of a veth pair.
 * <pre>
 *   nx0 (the socket under test) ──── nx1 (the far end, hears everything)
 * </pre>
 */
class PacketSocketLabTest {
    private static final long SOMEBODY = 0x02_00_00_00_00_77L;
    private static final long GATEWAY = 0x00_50_56_e0_00_02L;
    private static final int UDP = 17;
    private static final int ICMP = 1;
    private static final int TCP = 6;
    private static final int MAX_TTL = 60;
    /** In front of a packet, for the header of its frame. */
    private static final int ROOM = EthernetFrame.LENGTH;

    private static final long SOON = 2000;

    private interface Scene {
        void play(PacketSocket near, PacketSocket far) throws Exception;
    }

    private static void withPair(Scene scene) throws Exception {
        NamespaceLab.inNewNamespace(() -> {
            // No IPv6, no ARP: the only frames are the test's own.
            NamespaceLab.run("sysctl -qw net.ipv6.conf.default.disable_ipv6=1 || true;"
                    + " ip link add nx0 type veth peer name nx1;"
                    + " ip link set nx0 arp off up; ip link set nx1 arp off up");
            try (PacketSocket near = PacketSocket.open("nx0", MAX_TTL);
                    PacketSocket far = PacketSocket.openUnfiltered("nx1")) {
                scene.play(near, far);
            }
        });
    }

    @Test
    void hearsProbesAndErrorsForOthersAndNothingElse() throws Exception {
        withPair((near, far) -> {
            ByteBuffer[] heard = {
                packet(UDP, 0, 1, 0, 5), packet(UDP, 0, MAX_TTL, 0, 5), packet(ICMP, 8, 3, 0, 5),
                packet(ICMP, 8, 3, 0x2000, 15), packet(ICMP, 3, 255, 0, 5), packet(ICMP, 4, 64, 0, 5),
                packet(ICMP, 5, 64, 0, 5), packet(ICMP, 11, 64, 0, 6), packet(ICMP, 12, 64, 0, 5)
            };
            ByteBuffer[] unheard = {
                packet(UDP, 0, MAX_TTL + 1, 0, 5),
                packet(ICMP, 8, 64, 0, 5),
                packet(ICMP, 0, 3, 0, 5),
                packet(TCP, 0, 3, 0, 5),
                packet(UDP, 0, 3, 1, 5),
                packet(ICMP, 11, 3, 0x20ff, 5),
                packet(ICMP, 13, 3, 0, 5)
            };
            send(far, unheard);
            send(far, heard);
            send(far, unheard);

            assertTrue(NamespaceLab.awaitInput(near.descriptor(), SOON));
            assertEquals(heard.length, near.receive());
            for (int i = 0; i < heard.length; i++) {
                ByteBuffer frame = near.buffer(i);
                assertEquals(heard[i].capacity(), near.length(i));
                assertEquals(0x0800, frame.getShort(near.offset(i) + 12));
                assertEquals(heard[i], frame.slice(near.offset(i), heard[i].capacity()), "frame " + i);
                assertFalse(near.outgoing(i));
            }
            assertEquals(0, near.receive());
        });
    }

    @Test
    void sentFramesArriveWithTheirMacsAndAreNotHeardBySender() throws Exception {
        withPair((near, far) -> {
            ByteBuffer packet = packet(ICMP, 11, 64, 0, 5);
            try (PacketSocket beside = PacketSocket.open("nx0", MAX_TTL)) {
                assertEquals(0, near.queueFrame(SOMEBODY, GATEWAY, packet, ROOM, packet.capacity() - ROOM));
                near.sendFrames();

                assertTrue(near.sent(0));
                assertTrue(NamespaceLab.awaitInput(far.descriptor(), SOON));
                assertEquals(1, far.receive());
                ByteBuffer frame = far.buffer(0);
                assertEquals(SOMEBODY, frame.getLong(far.offset(0)) >>> 16);
                assertEquals(GATEWAY, frame.getLong(far.offset(0) + 6) >>> 16);
                assertEquals(packet, frame.slice(far.offset(0), packet.capacity()));
                assertEquals(0, near.receive());
                assertEquals(1, beside.receive());
                assertTrue(beside.outgoing(0));
            }
        });
    }

    @Test
    void frameThatCannotBeSentIsMarkedAndTheRestAreSent() throws Exception {
        withPair((near, far) -> {
            ByteBuffer good = packet(ICMP, 11, 64, 0, 5);
            ByteBuffer tooLong = Native.allocate(ROOM + near.mtu() + 1).order(ByteOrder.BIG_ENDIAN);
            near.queueFrame(SOMEBODY, GATEWAY, tooLong, ROOM, tooLong.capacity() - ROOM);
            near.queueFrame(SOMEBODY, GATEWAY, good, ROOM, good.capacity() - ROOM);
            near.queueFrame(SOMEBODY, GATEWAY, tooLong, ROOM, tooLong.capacity() - ROOM);
            near.queueFrame(SOMEBODY, GATEWAY, tooLong, ROOM, near.mtu());
            near.sendFrames();

            assertFalse(near.sent(0));
            assertTrue(near.sent(1));
            assertFalse(near.sent(2));
            assertTrue(near.sent(3));
            assertTrue(NamespaceLab.awaitInput(far.descriptor(), SOON));
            assertEquals(2, far.receive());
            assertEquals(1514, far.length(1));
            near.sendFrames(); // empty: nothing is sent again
            assertEquals(0, far.receive());
        });
    }

    @Test
    void fullBatchRefusesAnotherFrame() throws Exception {
        withPair((near, far) -> {
            ByteBuffer packet = packet(ICMP, 11, 64, 0, 5);
            int frames = 0;
            while (near.queueFrame(SOMEBODY, GATEWAY, packet, ROOM, packet.capacity() - ROOM) >= 0) {
                frames++;
            }
            near.sendFrames();

            assertEquals(64, frames);
            assertEquals(64, far.receive());
            assertEquals(0, near.queueFrame(SOMEBODY, GATEWAY, packet, ROOM, packet.capacity() - ROOM));
        });
    }

    @Test
    void deletedInterfaceIsToldByReceive() throws Exception {
        withPair((near, far) -> {
            NamespaceLab.run("ip link del nx0");

            assertTrue(NamespaceLab.awaitInput(near.descriptor(), SOON));
            assertEquals(-1, near.receive());
            assertEquals(-1, near.receive());
        });
    }

    @Test
    void sendingOnADeletedInterfaceLosesNeitherTheFramesFateNorTheNews() throws Exception {
        withPair((near, far) -> {
            ByteBuffer packet = packet(ICMP, 11, 64, 0, 5);
            NamespaceLab.run("ip link del nx0");
            near.queueFrame(SOMEBODY, GATEWAY, packet, ROOM, packet.capacity() - ROOM);
            near.queueFrame(SOMEBODY, GATEWAY, packet, ROOM, packet.capacity() - ROOM);

            assertFalse(near.sendFrames());
            assertFalse(near.sent(0));
            assertFalse(near.sent(1));
            assertEquals(-1, near.receive());
        });
    }

    @Test
    void interfaceThatIsDownIsTold() throws Exception {
        NamespaceLab.inNewNamespace(() -> {
            NamespaceLab.run("ip link add nx0 type veth peer name nx1");
            try (PacketSocket socket = PacketSocket.open("nx0", MAX_TTL)) {
                assertEquals(-1, socket.receive());
            }
        });
    }

    @Test
    void absentInterfaceIsNamedWithAHint() {
        OsException e = assertThrows(OsException.class, () -> PacketSocket.open("natexd-none", MAX_TTL));

        assertEquals(
                "bind packet socket to natexd-none: ENODEV: no such interface; is VMware running? see `natexctl doctor`",
                e.getMessage());
    }

    @Test
    void steadyStateAllocatesNothing() throws Exception {
        withPair((near, far) -> {
            var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
            ByteBuffer packet = packet(ICMP, 11, 64, 0, 5);
            int allocatingRounds = 0;
            for (int round = 0; round < 300; round++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < 64; i++) {
                    far.queueFrame(SOMEBODY, GATEWAY, packet, ROOM, 56);
                }
                far.sendFrames();
                int received = near.receive();
                if (round >= 200 && threads.getCurrentThreadAllocatedBytes() != before) {
                    allocatingRounds++;
                }
                assertEquals(64, received);
            }
            // The JIT compiler may move an object or two onto the heap while it changes its mind.
            assertTrue(allocatingRounds < 5, allocatingRounds + " of 100 rounds allocated");
        });
    }

    private static void send(PacketSocket socket, ByteBuffer... packets) {
        for (ByteBuffer packet : packets) {
            socket.queueFrame(SOMEBODY, GATEWAY, packet, ROOM, packet.capacity() - ROOM);
        }
        socket.sendFrames();
        for (int i = 0; i < packets.length; i++) {
            assertTrue(socket.sent(i));
        }
    }

    /**
     * An IPv4 packet of so many header words, with room for a frame's header in front of it; {@code type} is the first
     * octet behind the header.
     */
    private static ByteBuffer packet(int protocol, int type, int ttl, int fragment, int headerWords) {
        int length = headerWords * 4 + 36;
        ByteBuffer packet = Native.allocate(ROOM + length).order(ByteOrder.BIG_ENDIAN);
        packet.put(ROOM, (byte) (0x40 | headerWords)).putShort(ROOM + 2, (short) length);
        packet.putShort(ROOM + 6, (short) fragment).put(ROOM + 8, (byte) ttl).put(ROOM + 9, (byte) protocol);
        return packet.put(ROOM + headerWords * 4, (byte) type);
    }
}
