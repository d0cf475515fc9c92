package io.github.natexd.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.lab.Lab;
import io.github.natexd.lab.LabOptions;
import io.github.natexd.lab.LabOptions.HandOver;
import io.github.natexd.lab.LabOptions.Receive;
import io.github.natexd.lab.Node;
import io.github.natexd.lab.Topology;
import io.github.natexd.lab.Traceroute;
import io.github.natexd.testkit.Capture;
import io.github.natexd.testkit.LabNatexd;
import io.github.natexd.testkit.Packet;
import io.github.natexd.testkit.clients.Client;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A NAT process that delivers errors to guests itself. */
class YieldingLabTest {
    /**
     * natexd cannot take back what it has relayed at the same moment as the first error of a class: traceroute has 16
     * probes in flight.
     */
    private static final int IN_FLIGHT_AT_FIRST = 16;

    @ParameterizedTest
    @CsvSource({"ALL,RAW", "ALL,PACKET", "ECHO,RAW", "ECHO,PACKET"})
    @DisplayName("R36: the guest gets every error, and none twice once natexd has seen the NAT deliver")
    void theGuestGetsEveryErrorOnce(HandOver errors, Receive from) {
        try (Lab lab = Lab.up(LabOptions.defaults().handingOver(errors, from));
                LabNatexd natexd = LabNatexd.start(lab)) {
            for (Client client : List.of(Client.TRACEROUTE, Client.TRACEROUTE_ICMP)) {
                try (Capture capture = Capture.on(lab, Node.GUEST1, Topology.GUEST_INTERFACE)) {
                    // The first errors may come before natexd sees the NAT deliver; the second trace must be correct.
                    String first = Traceroute.hops(client.run(lab, Node.GUEST1)).toString();
                    int duplicates = duplicates(capture);
                    String output = client.run(lab, Node.GUEST1);

                    String log = from + " " + client + ", first " + first + "\n" + output + natexd.log();
                    assertEquals(Topology.HOPS, Traceroute.hops(output), log);
                    // A NAT that reads a raw socket never sees what natexd drops.
                    int allowed = from == Receive.RAW ? 0 : IN_FLIGHT_AT_FIRST;
                    assertTrue(duplicates <= allowed, duplicates + " duplicates at first, " + log);
                    assertEquals(duplicates, duplicates(capture), "no further ones, " + log);
                }
            }
        }
    }

    /** This NAT receives at the interface; through a raw socket it would not see what natexd relays. */
    @Test
    @DisplayName("R36: when the NAT stops delivering, natexd relays again after three missing errors")
    void natexdResumesWhenTheNatStops() {
        try (Lab lab = Lab.up(LabOptions.defaults().handingOver(HandOver.ALL, Receive.PACKET));
                LabNatexd natexd = LabNatexd.start(lab)) {
            for (Client client : List.of(Client.TRACEROUTE, Client.TRACEROUTE_ICMP)) {
                lab.nat(LabOptions.defaults().handingOver(HandOver.ALL, Receive.PACKET));
                String delivered = client.run(lab, Node.GUEST1);
                assertEquals(Topology.HOPS, Traceroute.hops(client.run(lab, Node.GUEST1)), delivered + natexd.log());

                lab.nat(LabOptions.defaults());
                // Short waits, because stars take time, and natexd's behaviour does not depend on a client's timeout.
                String impatient = client.command().get(2).replace("-w2", "-w0.5");
                String missed = lab.exec(Node.GUEST1, "sh", "-c", impatient).output();
                assertTrue(missed.contains("*"), () -> "natexd left these to the NAT: " + missed);
                Lab.Result resumed = lab.exec(Node.GUEST1, "sleep", "1.5");
                assertEquals(0, resumed.exitCode());
                String output = client.run(lab, Node.GUEST1);
                assertEquals(Topology.HOPS, Traceroute.hops(output), output + natexd.log());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("defect 8: if a NAT delivers only port unreachable, natexd yields only that; tracepath learns the MTU")
    void fragmentationNeededIsNotLeftToANatThatHandsOverPortUnreachable(Receive from) {
        try (Lab lab = Lab.up(LabOptions.defaults().handingOver(HandOver.PORT_UNREACHABLE, from));
                LabNatexd natexd = LabNatexd.start(lab)) {
            for (int i = 0; i < 2; i++) {
                Client.TRACEROUTE.run(lab, Node.GUEST1);
                String output = Client.TRACEPATH.run(lab, Node.GUEST1);
                assertEquals(Topology.HOPS, Traceroute.hops(output), () -> output + natexd.log());
            }
            String output = Client.TRACEPATH_SMALL_MTU.run(lab, Node.GUEST1);

            List<String> expected = new ArrayList<>(Topology.HOPS);
            expected.add("pmtu 1300");
            assertEquals(expected, Client.TRACEPATH_SMALL_MTU.read(output), () -> output + natexd.log());
            // The NAT cannot deliver what natexd has dropped, so natexd has yielded nothing.
            assertEquals(
                    from == Receive.PACKET,
                    natexd.log().contains("the NAT process delivers port-unreachable (udp) errors"),
                    natexd::log);
        }
    }

    private static int duplicates(Capture capture) {
        Map<String, Integer> copies = new HashMap<>();
        for (byte[] octets : capture.incoming(octets -> Packet.of(octets).isIcmpError())) {
            Packet error = Packet.of(octets);
            if (error.destination().equals(Topology.GUEST1)) {
                String key = error.source() + " " + error.embedded().probeKey() + " "
                        + error.embedded().id();
                copies.merge(key, 1, Integer::sum);
            }
        }
        return copies.values().stream().mapToInt(count -> count - 1).sum();
    }
}
