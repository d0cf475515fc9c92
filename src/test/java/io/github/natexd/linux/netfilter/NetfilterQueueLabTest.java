package io.github.natexd.linux.netfilter;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.linux.libc.Errno;
import io.github.natexd.linux.libc.OsException;
import io.github.natexd.testkit.NamespaceLab;
import io.github.natexd.testkit.NamespaceLab.IcmpSocket;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The queue against the kernel: each verdict is proven by what a socket of the host receives, or does not. */
class NetfilterQueueLabTest {
    private static final int NUMBER = 5571;
    private static final String RULE =
            "iptables-nft -t mangle -%s INPUT -p icmp --icmp-type time-exceeded -j NFQUEUE --queue-num " + NUMBER
                    + " --queue-bypass";
    private static final int IP_AND_ICMP = 28;
    private static final long SOON = 2000;
    private static final long NEVER = 100;

    private interface Scene {
        void play(NetfilterQueue queue, IcmpSocket icmp);
    }

    private static void withQueue(Scene scene) throws Exception {
        NamespaceLab.inNewNamespace(() -> {
            try (NetfilterQueue queue = NetfilterQueue.open(NUMBER, 1024);
                    IcmpSocket icmp = new IcmpSocket()) {
                NamespaceLab.run(String.format(RULE, "A"));
                scene.play(queue, icmp);
            }
        });
    }

    @Test
    void acceptedPacketReachesTheHostUnchanged() throws Exception {
        withQueue((queue, icmp) -> {
            icmp.sendTimeExceeded(0xa5, 28);
            receive(queue, 1);
            assertEquals(56, queue.length(0));
            assertEquals(0x45, queue.buffer(0).get(queue.offset(0)));
            assertFalse(queue.truncated(0));
            byte[] queued = octets(queue, 0);

            queue.accept(0);
            queue.sendVerdicts();

            assertArrayEquals(queued, icmp.receive(SOON));
        });
    }

    @Test
    void droppedPacketsNeverReachTheHostAndUndecidedOnesDo() throws Exception {
        withQueue((queue, icmp) -> {
            sendFilled(icmp, 1, 2, 3, 4);
            receive(queue, 4);

            queue.drop(0);
            queue.accept(2);
            queue.drop(3);
            queue.sendVerdicts();

            assertEquals(2, fill(icmp.receive(SOON)));
            assertEquals(3, fill(icmp.receive(SOON)));
            assertEquals(0, icmp.receive(NEVER).length);
        });
    }

    @Test
    void batchOfEqualVerdictsIsAnsweredWhole() throws Exception {
        withQueue((queue, icmp) -> {
            sendFilled(icmp, 1, 2, 3);
            receive(queue, 3);
            for (int i = 0; i < 3; i++) {
                queue.drop(i);
            }
            queue.sendVerdicts();
            sendFilled(icmp, 4, 5);
            receive(queue, 2);
            queue.sendVerdicts();

            assertEquals(4, fill(icmp.receive(SOON)));
            assertEquals(5, fill(icmp.receive(SOON)));
            assertEquals(0, icmp.receive(NEVER).length);
            assertEquals(0, waiting());
        });
    }

    @Test
    void rewrittenPacketsOfAnyLengthReachTheHostWithTheirNewOctets() throws Exception {
        withQueue((queue, icmp) -> {
            for (int quote = 28; quote < 36; quote++) {
                icmp.sendTimeExceeded(0x11, quote);
                receive(queue, 1);
                assertEquals(IP_AND_ICMP - 8 + 8 + quote, queue.length(0));

                queue.buffer(0).put(queue.offset(0) + queue.length(0) - 1, (byte) 0x77);
                queue.acceptRewritten(0);
                queue.sendVerdicts();

                byte[] arrived = icmp.receive(SOON);
                assertEquals(IP_AND_ICMP + quote, arrived.length);
                assertEquals(0x77, arrived[arrived.length - 1]);
                assertEquals(0x11, arrived[arrived.length - 2]);
            }
            assertEquals(0, waiting());
        });
    }

    @Test
    void fullBatchOfRewrittenPacketsGoesOutInOneSend() throws Exception {
        withQueue((queue, icmp) -> {
            for (int i = 0; i < queue.capacity(); i++) {
                icmp.sendTimeExceeded(i, 1900);
            }
            receive(queue, queue.capacity());
            for (int i = 0; i < queue.capacity(); i++) {
                queue.buffer(i).put(queue.offset(i) + IP_AND_ICMP, (byte) (i + 1));
                queue.acceptRewritten(i);
            }
            queue.sendVerdicts();

            for (int i = 0; i < queue.capacity(); i++) {
                assertEquals((byte) (i + 1), icmp.receive(SOON)[IP_AND_ICMP]);
            }
        });
    }

    @Test
    @DisplayName("R3: a packet beyond the copy range is marked, and never rewritten")
    void packetBeyondTheCopyRangeIsMarkedAndNeverRewritten() throws Exception {
        withQueue((queue, icmp) -> {
            icmp.sendTimeExceeded(9, 3001);
            receive(queue, 1);
            assertTrue(queue.truncated(0));
            assertTrue(queue.length(0) <= 2048);

            queue.buffer(0).put(queue.offset(0) + IP_AND_ICMP, (byte) 1);
            queue.acceptRewritten(0);
            queue.sendVerdicts();

            byte[] arrived = icmp.receive(SOON);
            assertEquals(IP_AND_ICMP + 3001, arrived.length);
            assertEquals(9, fill(arrived));
        });
    }

    @Test
    @DisplayName("R41: closing accepts what is still in the queue")
    void closingAcceptsWhatIsQueued() throws Exception {
        NamespaceLab.inNewNamespace(() -> {
            try (IcmpSocket icmp = new IcmpSocket()) {
                NetfilterQueue queue = NetfilterQueue.open(NUMBER, 1024);
                NamespaceLab.run(String.format(RULE, "A"));
                sendFilled(icmp, 1, 2);
                receive(queue, 2);
                sendFilled(icmp, 3);

                queue.close();
                queue.close();

                for (int fill = 1; fill <= 3; fill++) {
                    assertEquals(fill, fill(icmp.receive(SOON)));
                }
                sendFilled(icmp, 7);
                assertEquals(7, fill(icmp.receive(SOON)), "the rule bypasses a queue that nobody owns");
            }
        });
    }

    @Test
    @DisplayName("R45: the kernel refuses a verdict about a packet whose interface has gone, and the queue goes on")
    void aRefusedVerdictIsNoReasonToEnd() throws Exception {
        withQueue((queue, icmp) -> {
            sendFilled(icmp, 1, 2);
            receive(queue, 2);
            NamespaceLab.run("ip link set lo down; ip link set lo up");
            assertEquals(0, waiting(), "the kernel has dropped them");

            queue.accept(0);
            queue.drop(1);
            queue.sendVerdicts();

            assertTrue(NamespaceLab.awaitInput(queue.descriptor(), SOON), "the kernel reports the refusal");
            assertEquals(0, queue.receive());
            sendFilled(icmp, 3);
            receive(queue, 1);
            queue.accept(0);
            queue.sendVerdicts();
            assertEquals(3, fill(icmp.receive(SOON)));
        });
    }

    @Test
    @DisplayName("R43: a queue that is opened under a flood keeps no packet waiting")
    void queueOpenedUnderAFloodKeepsNoPacketWaiting() throws Exception {
        NamespaceLab.inNewNamespace(() -> {
            NamespaceLab.run(String.format(RULE, "A"));
            for (int round = 0; round < 50; round++) {
                Thread flood = new Thread(() -> {
                    try (IcmpSocket icmp = new IcmpSocket()) {
                        for (int i = 0; i < 500; i++) {
                            icmp.sendTimeExceeded(1, 28);
                        }
                    }
                });
                flood.start();
                try (NetfilterQueue queue = NetfilterQueue.open(NUMBER, 1024)) {
                    flood.join();
                    while (queue.receive() > 0) {
                        queue.sendVerdicts();
                    }
                    assertEquals(0, waiting());
                }
            }
        });
    }

    @Test
    void queueOwnedBySomebodyElseIsRefusedWithBothCausesNamed() throws Exception {
        withQueue((queue, icmp) -> {
            OsException e = assertThrows(OsException.class, () -> NetfilterQueue.open(NUMBER, 1024));

            assertEquals(Errno.EPERM, e.errno());
            assertTrue(e.getMessage().startsWith("bind netfilter queue 5571: EPERM: "), e.getMessage());
            assertTrue(e.getMessage().contains("CAP_NET_ADMIN"), e.getMessage());
            assertTrue(e.getMessage().contains("another process owns queue 5571"), e.getMessage());
        });
    }

    @Test
    @DisplayName("R42: a full queue holds its length, and the kernel accepts the rest")
    void fullQueueHoldsItsLengthAndTheKernelAcceptsTheRest() throws Exception {
        withQueue((queue, icmp) -> {
            for (int i = 0; i < 6000; i++) {
                icmp.sendTimeExceeded(1, 28);
            }
            int packets = 0;
            for (int n = queue.receive(); n > 0; n = queue.receive()) {
                packets += n;
                queue.sendVerdicts();
            }
            assertEquals(1024, packets);
            assertEquals(0, waiting());
        });
    }

    @Test
    void steadyStateAllocatesNothing() throws Exception {
        withQueue((queue, icmp) -> {
            var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
            int allocatingRounds = 0;
            for (int round = 0; round < 300; round++) {
                for (int i = 0; i < 64; i++) {
                    icmp.sendTimeExceeded(i, 28);
                }
                long before = threads.getCurrentThreadAllocatedBytes();
                int n = queue.receive();
                for (int i = 0; i < n; i++) {
                    if (i % 3 == 0) {
                        queue.drop(i);
                    } else {
                        queue.acceptRewritten(i);
                    }
                }
                queue.sendVerdicts();
                if (round >= 200 && threads.getCurrentThreadAllocatedBytes() != before) {
                    allocatingRounds++;
                }
            }
            // The JIT compiler may move an object or two onto the heap while it changes its mind.
            assertTrue(allocatingRounds < 5, allocatingRounds + " of 100 rounds allocated");
        });
    }

    private static void receive(NetfilterQueue queue, int expected) {
        assertTrue(NamespaceLab.awaitInput(queue.descriptor(), SOON));
        assertEquals(expected, queue.receive());
    }

    private static void sendFilled(IcmpSocket icmp, int... fills) {
        for (int fill : fills) {
            icmp.sendTimeExceeded(fill, 28);
        }
    }

    /** The value that fills the quote of a packet made by {@link IcmpSocket#sendTimeExceeded}; -1: no packet came. */
    private static int fill(byte[] packet) {
        return packet.length == 0 ? -1 : packet[IP_AND_ICMP];
    }

    private static byte[] octets(NetfilterQueue queue, int index) {
        byte[] octets = new byte[queue.length(index)];
        queue.buffer(index).get(queue.offset(index), octets);
        return octets;
    }

    /** Packets waiting in this namespace's queue: the third column of the kernel's table. */
    private static int waiting() {
        return Integer.parseInt(
                NamespaceLab.run("awk '$1 == " + NUMBER + " {print $3}' /proc/net/netfilter/nfnetlink_queue")
                        .strip());
    }
}
