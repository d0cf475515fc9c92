package io.github.natexd.linux.netfilter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.linux.libc.Native;
import io.github.natexd.linux.libc.OsException;
import io.github.natexd.testkit.NamespaceLab;
import java.lang.management.ManagementFactory;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;

/** The NFLOG group against the kernel's own log statement. */
class NetfilterLogLabTest {
    private static final int GROUP = 5571;
    private static final String TABLE =
            "nft 'table ip natexd-lab { chain output { type filter hook output priority mangle;"
                    + " udp dport 33434 log group " + GROUP + " snaplen 68 queue-threshold 1; }; }'";
    private static final long SOON = 2000;

    private interface Scene {
        void play(NetfilterLog log, DatagramSocket socket) throws Exception;
    }

    private static void withLog(Scene scene) throws Exception {
        NamespaceLab.inNewNamespace(() -> {
            NamespaceLab.run(TABLE);
            try (NetfilterLog log = NetfilterLog.open(GROUP);
                    DatagramSocket socket = new DatagramSocket()) {
                scene.play(log, socket);
            }
        });
    }

    @Test
    void copiesTheHeadOfAProbeWithItsSendersUserId() throws Exception {
        withLog((log, socket) -> {
            send(socket, 500);

            receive(log, 1);
            int ip = log.offset(0);
            assertEquals(68, log.length(0));
            assertEquals(0x45, log.buffer(0).get(ip));
            assertEquals(528, log.buffer(0).getShort(ip + 2));
            assertEquals(17, log.buffer(0).get(ip + 9));
            assertEquals(0x7f000001, log.buffer(0).getInt(ip + 16));
            assertEquals(socket.getLocalPort(), log.buffer(0).getShort(ip + 20) & 0xffff);
            assertEquals(33434, log.buffer(0).getShort(ip + 22) & 0xffff);
            assertEquals(0, log.uid(0));

            NamespaceLab.run("setpriv --reuid 65534 --clear-groups bash -c 'echo x > /dev/udp/127.0.0.1/33434'");
            receive(log, 1);
            assertEquals(65534, log.uid(0));
            assertEquals(30, log.length(0));
        });
    }

    @Test
    void manyProbesComeInBatches() throws Exception {
        withLog((log, socket) -> {
            for (int i = 0; i < 1000; i++) {
                send(socket, i % 100);
            }

            int seen = 0;
            for (int n = log.receive(); n > 0; n = log.receive()) {
                for (int i = 0; i < n; i++) {
                    assertEquals(28 + seen % 100, log.buffer(i).getShort(log.offset(i) + 2));
                    seen++;
                }
            }
            assertEquals(1000, seen);
            assertEquals(0, log.overflows());
        });
    }

    @Test
    void lostCopiesAreCounted() throws Exception {
        withLog((log, socket) -> {
            send(socket, 1);
            receive(log, 1);
            Native.setReceiveBuffer(log.descriptor(), 1);
            int sent = 200;
            for (int i = 0; i < sent; i++) {
                send(socket, 1);
            }
            int seen = drain(log);
            Native.setReceiveBuffer(log.descriptor(), 1 << 20);
            send(socket, 1);
            seen += drain(log);

            assertTrue(log.overflows() > 0);
            assertEquals(sent + 1, seen + log.overflows());
        });
    }

    @Test
    void groupOwnedBySomebodyElseIsRefused() throws Exception {
        withLog((log, socket) -> {
            OsException e = assertThrows(OsException.class, () -> NetfilterLog.open(GROUP));

            assertTrue(e.getMessage().contains("another process owns group 5571"), e.getMessage());
        });
    }

    @Test
    void loggingOfTheHostStaysAsItWas() throws Exception {
        NamespaceLab.inNewNamespace(() -> {
            String before = NamespaceLab.run("cat /proc/net/netfilter/nf_log; sysctl net.netfilter.nf_log.2 || true");
            try (NetfilterLog log = NetfilterLog.open(GROUP)) {
                assertTrue(log.descriptor() >= 0);
            }
            assertEquals(
                    before, NamespaceLab.run("cat /proc/net/netfilter/nf_log; sysctl net.netfilter.nf_log.2 || true"));
        });
    }

    @Test
    void steadyStateAllocatesNothing() throws Exception {
        withLog((log, socket) -> {
            var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
            int allocatingRounds = 0;
            for (int round = 0; round < 300; round++) {
                for (int i = 0; i < 20; i++) {
                    send(socket, 10);
                }
                long before = threads.getCurrentThreadAllocatedBytes();
                assertEquals(20, log.receive());
                if (round >= 200 && threads.getCurrentThreadAllocatedBytes() != before) {
                    allocatingRounds++;
                }
            }
            // The JIT compiler may move an object or two onto the heap while it changes its mind.
            assertTrue(allocatingRounds < 5, allocatingRounds + " of 100 rounds allocated");
        });
    }

    private static void send(DatagramSocket socket, int length) throws Exception {
        socket.send(new DatagramPacket(new byte[length], length, InetAddress.getByName("127.0.0.1"), 33434));
    }

    private static void receive(NetfilterLog log, int expected) {
        assertTrue(NamespaceLab.awaitInput(log.descriptor(), SOON));
        assertEquals(expected, log.receive());
    }

    private static int drain(NetfilterLog log) {
        int seen = 0;
        for (int n = log.receive(); n > 0; n = log.receive()) {
            seen += n;
        }
        return seen;
    }
}
