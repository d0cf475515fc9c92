package io.github.natexd.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.lab.Lab;
import io.github.natexd.lab.LabOptions;
import io.github.natexd.lab.Node;
import io.github.natexd.lab.Topology;
import io.github.natexd.lab.Traceroute;
import io.github.natexd.linux.emulation.Inet4Socket;
import io.github.natexd.linux.emulation.Namespace;
import io.github.natexd.linux.libc.Libc;
import io.github.natexd.testkit.Capture;
import io.github.natexd.testkit.Debugger;
import io.github.natexd.testkit.LabNatexd;
import io.github.natexd.testkit.NotifySocket;
import io.github.natexd.testkit.Packet;
import io.github.natexd.testkit.ProbeFlood;
import io.github.natexd.testkit.clients.Client;
import io.github.natexd.wire.Protocol;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** natexd under a service manager: what it reports, how it ends, what it survives. */
class LifeLabTest {
    private static final int SIGCONT = 18;
    private static final int SIGSTOP = 19;
    private static final String WATCHDOG = "WATCHDOG=1";

    @Test
    @DisplayName("R42, R43: natexd reports readiness after the rules, signs of life, reload and end in this order")
    void tellsTheServiceManagerInOrder() throws Exception {
        try (Lab lab = Lab.up(LabOptions.defaults());
                NotifySocket manager = NotifySocket.at(lab.directory().resolve("notify"));
                LabNatexd natexd = start(lab, manager, 1_000_000)) {
            assertEquals(0, rulesStatus(lab), "ready, so the rules are in");
            natexd.reload("probes.max-ttl = 30");
            natexd.awaitLog("reloaded");
            Client.TRACEROUTE.run(lab, Node.GUEST1);
            TimeUnit.MILLISECONDS.sleep(1_100);
            assertEquals(0, natexd.stop());

            List<String> states = manager.texts(text -> !text.equals(WATCHDOG) && !text.startsWith("STATUS="));
            assertEquals(4, states.size(), states::toString);
            String network = "guest network vmnet8: 192.168.44.1/24";
            assertEquals("READY=1\nSTATUS=relaying ICMP errors, 0 so far; " + network, states.get(0));
            assertTrue(states.get(1).matches("(?s)RELOADING=1\nMONOTONIC_USEC=\\d+\nSTATUS=.*"), states.get(1));
            assertTrue(states.get(2).startsWith("READY=1\nSTATUS=relaying ICMP errors, "), states.get(2));
            assertTrue(states.get(3).startsWith("STOPPING=1\n"), states.get(3));
            List<String> all = manager.texts(text -> true);
            assertEquals("STATUS=loading the rules; " + network, all.get(0), all::toString);
            assertTrue(
                    all.stream()
                            .anyMatch(
                                    text -> text.matches("STATUS=relaying ICMP errors, [1-9]\\d* so far; " + network)),
                    all::toString);
            List<String> told =
                    manager.texts(text -> !text.equals(WATCHDOG)); // removing the rules may take longer than one
            assertEquals(states.get(3), told.get(told.size() - 1), all::toString);
        }
    }

    @Test
    @DisplayName("R42: natexd sends two signs of life per watchdog time, none while it is stuck, and again afterwards")
    void theWatchdogHearsOfALoopThatTurns() throws Exception {
        try (Lab lab = Lab.up(LabOptions.defaults());
                NotifySocket manager = NotifySocket.at(lab.directory().resolve("notify"));
                LabNatexd natexd = start(lab, manager, 1_000_000)) {
            int before = signs(manager);
            TimeUnit.MILLISECONDS.sleep(2_200);
            int alive = signs(manager) - before;
            assertTrue(alive >= 3 && alive <= 6, alive + " signs of life");

            Libc.INSTANCE.kill((int) natexd.pid(), SIGSTOP);
            TimeUnit.MILLISECONDS.sleep(200);
            int stuck = signs(manager);
            TimeUnit.MILLISECONDS.sleep(1_500);
            assertEquals(stuck, signs(manager));

            Libc.INSTANCE.kill((int) natexd.pid(), SIGCONT);
            TimeUnit.MILLISECONDS.sleep(700);
            assertTrue(signs(manager) > stuck);
        }
    }

    @Test
    @DisplayName("R42: an idle loop wakes only for the watchdog, and without a watchdog not at all")
    void anIdleLoopWakesForTheWatchdogAlone() throws Exception {
        try (Lab lab = Lab.up(LabOptions.defaults());
                NotifySocket manager = NotifySocket.at(lab.directory().resolve("notify"))) {
            try (LabNatexd natexd = start(lab, manager, 1_000_000)) {
                long wakeUps = wakeUps(natexd, 3);
                assertTrue(wakeUps >= 5 && wakeUps <= 8, wakeUps + " in 3 s");
            }
            try (LabNatexd natexd = LabNatexd.start(
                    lab, Map.of("NOTIFY_SOCKET", manager.name(), "WATCHDOG_USEC", "1000000", "WATCHDOG_PID", "1"))) {
                long before = signs(manager);
                assertTrue(wakeUps(natexd, 3) <= 1, "the watchdog asks another process");
                assertEquals(before, signs(manager));
            }
        }
    }

    @Test
    @DisplayName("R42: the loop itself sends the signs of life: if only its thread is stuck, there are none")
    void aStuckLoopGivesNoSignOfLife() throws Exception {
        try (Lab lab = Lab.up(LabOptions.defaults());
                NotifySocket manager = NotifySocket.at(lab.directory().resolve("notify"));
                LabNatexd natexd = LabNatexd.start(lab, debugged(manager));
                Debugger debugger = Debugger.attach(lab, Node.HOST)) {
            debugger.suspend("relay");
            TimeUnit.MILLISECONDS.sleep(700);
            int stuck = signs(manager);
            TimeUnit.MILLISECONDS.sleep(1_500);
            assertEquals(stuck, signs(manager));
            assertTrue(natexd.isAlive());

            debugger.resume("relay");
            TimeUnit.MILLISECONDS.sleep(700);
            assertTrue(signs(manager) > stuck);
        }
    }

    @Test
    @DisplayName(
            "R41, R42: after an unexpected error natexd ends with an exit code, its rules are gone, the host has its errors")
    void anUncaughtErrorEndsNatexd() throws Exception {
        try (Lab lab = Lab.up(LabOptions.defaults());
                NotifySocket manager = NotifySocket.at(lab.directory().resolve("notify"));
                LabNatexd natexd = LabNatexd.start(lab, debugged(manager));
                Debugger debugger = Debugger.attach(lab, Node.HOST)) {
            debugger.stop("relay");

            assertEquals(1, natexd.awaitEnd(), natexd::log);
            assertTrue(natexd.log().contains("ERROR natexd has failed and ends"), natexd.log());
            assertEquals(0, rulesLeft(lab), natexd.log());
            String host = Client.TRACEROUTE.run(lab, Node.HOST);
            assertEquals(Topology.HOPS, Traceroute.hops(host), host);
        }
    }

    private static Map<String, String> debugged(NotifySocket manager) {
        return Map.of("NOTIFY_SOCKET", manager.name(), "WATCHDOG_USEC", "1000000", "NATEXD_JAVA_OPTS", Debugger.OPTION);
    }

    private static int rulesLeft(Lab lab) {
        return lab.exec(Node.HOST, "sh", "-c", "test -z \"$(nft list ruleset | grep -i natexd)\"")
                .exitCode();
    }

    @Test
    @DisplayName("R41: stopped under traffic, natexd ends within a second, and every error reaches a guest or the host")
    void stopsUnderTrafficWithinASecond() throws Exception {
        try (Lab lab = Lab.up(LabOptions.defaults());
                LabNatexd natexd = LabNatexd.start(lab);
                Inet4Socket behind = Namespace.call(lab.namespace(Node.HOST), () -> Inet4Socket.raw(Protocol.ICMP));
                Capture uplink = Capture.on(lab, Node.HOST, Topology.UP);
                Capture guest = Capture.on(lab, Node.GUEST1, Topology.GUEST_INTERFACE);
                ProbeFlood flood = ProbeFlood.start(lab, Node.GUEST1, 1, 500)) {
            TimeUnit.MILLISECONDS.sleep(500);
            long begun = System.nanoTime();
            assertEquals(0, natexd.stop());
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
            int sent = flood.stop();

            assertTrue(millis < 1000, millis + " ms");
            Set<String> arrived = errors(uplink.incoming(octets -> true));
            Set<String> delivered = errors(guest.incoming(octets -> true));
            Set<String> host = errors(received(behind));
            assertEquals(sent, arrived.size(), natexd::log);
            assertTrue(delivered.size() > 50 && host.size() > 0, delivered.size() + " and " + host.size());
            delivered.addAll(host);
            assertEquals(arrived, delivered, natexd::log);
            assertEquals(0, rulesLeft(lab));
        }
    }

    private static LabNatexd start(Lab lab, NotifySocket manager, long watchdogMicros) {
        return LabNatexd.start(
                lab, Map.of("NOTIFY_SOCKET", manager.name(), "WATCHDOG_USEC", String.valueOf(watchdogMicros)));
    }

    private static int signs(NotifySocket manager) {
        return manager.texts(WATCHDOG::equals).size();
    }

    private static int rulesStatus(Lab lab) {
        return lab.exec(
                        Node.HOST,
                        LabNatexd.tree().resolve("libexec/natexd-rules").toString(),
                        "status")
                .exitCode();
    }

    /** How often the loop's thread goes to sleep within this number of seconds. */
    private static long wakeUps(LabNatexd natexd, int seconds) throws Exception {
        TimeUnit.SECONDS.sleep(1);
        long before = natexd.loopSleeps();
        TimeUnit.SECONDS.sleep(seconds);
        return natexd.loopSleeps() - before;
    }

    /** The ports of the probes that the errors quote. */
    private static Set<String> errors(List<byte[]> packets) {
        Set<String> ports = new HashSet<>();
        for (byte[] octets : packets) {
            Packet packet = Packet.of(octets);
            if (packet.isIcmpError() && packet.transport(0) >> 8 == 11) {
                ports.add(Integer.toString(packet.embedded().destinationPort()));
            }
        }
        return ports;
    }

    private static List<byte[]> received(Inet4Socket socket) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(4096);
        List<byte[]> packets = new ArrayList<>();
        for (int length = socket.receive(buffer); length != 0; length = socket.receive(buffer)) {
            byte[] octets = new byte[length];
            buffer.get(0, octets);
            packets.add(octets);
        }
        return packets;
    }
}
