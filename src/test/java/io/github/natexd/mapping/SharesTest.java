package io.github.natexd.mapping;

import static io.github.natexd.testkit.Packets.GATEWAY_MAC;
import static io.github.natexd.testkit.Packets.GUEST;
import static io.github.natexd.testkit.Packets.GUEST_MAC;
import static io.github.natexd.testkit.Packets.HOST;
import static io.github.natexd.testkit.Packets.OTHER_GUEST;
import static io.github.natexd.testkit.Packets.TARGET;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Who may keep how many sightings: whoever floods loses his own. */
class SharesTest {
    private static final int CAPACITY = 65_536;
    private static final int FLOOD = 140_000;
    private static final int FEW = 100;
    private static final long NOW = 1_000_000_000_000L;
    private static final long LIFETIME = 30_000_000_000L;

    private final Mapper mapper = new Mapper(CAPACITY, LIFETIME, NOW - LIFETIME);
    private final ReadProbe probe = new ReadProbe();

    @Test
    @DisplayName("R53: a guest that floods evicts no other guest's mapping or sighting, nor the host's")
    void aFloodOfOneGuestEvictsNobodyElses() {
        othersProbes();
        for (int i = 0; i < FLOOD; i++) {
            guest(GUEST, 1 + i % 16, 1 + i / 16, i & 0xFFFF);
        }

        assertEquals(FLOOD + 4 * FEW - 2 * CAPACITY, mapper.evictions());
        othersAreFound();
    }

    @Test
    @DisplayName(
            "R53: a guest that floods through the NAT, so that each of its probes is a mapping, evicts nobody else's")
    void aFloodOfOneGuestsMappingsEvictsNobodyElses() {
        othersProbes();
        for (int i = 0; i < FLOOD; i++) {
            guest(GUEST, 1 + i % 16, 1 + i / 16, 1 + (i & 0x7FFF));
            leaves(1 + i % 16, 1 + i / 16, 1 + (i & 0x7FFF));
        }

        othersAreFound();
        assertEquals(CAPACITY, mapper.mappings(), 3 * FEW, "all the room is used");
    }

    @Test
    @DisplayName("R53: two guests that flood share what there is, and evict nobody else's")
    void twoThatFloodShareWhatThereIs() {
        othersProbes();
        for (int i = 0; i < FLOOD; i++) {
            guest(GUEST, 1 + i % 16, 1 + i / 16, i & 0xFFFF);
            guest(GUEST + 7, 1 + i % 16, 1 + i / 16, i & 0xFFFF);
        }

        othersAreFound();
    }

    @Test
    @DisplayName("R53, R21: the host that floods evicts no guest's mapping or sighting")
    void aFloodOfTheHostEvictsNoGuests() {
        othersProbes();
        for (int i = 0; i < FLOOD; i++) {
            leaves(1 + i % 16, 1 + i / 16, i & 0xFFFF);
        }

        for (int i = 0; i < FEW; i++) {
            assertEquals(Match.CERTAIN, find(1 + i, 44_000, 1 + i));
            assertEquals(OTHER_GUEST, mapper.found().source);
        }
        leaves(7, 45_006, 7);
        assertEquals(Match.CERTAIN, find(7, 45_006, 7), "its guest's sighting was still there");
    }

    /** Of another guest: mappings, and sightings without a pair; and probes of the host's. */
    private void othersProbes() {
        for (int i = 0; i < FEW; i++) {
            guest(OTHER_GUEST, 1 + i, 44_000, 1 + i);
            leaves(1 + i, 44_000, 1 + i);
            guest(OTHER_GUEST, 1 + i, 45_000 + i, 1 + i);
            leaves(1 + i, 46_000, 1 + i);
        }
    }

    private void othersAreFound() {
        for (int i = 0; i < FEW; i++) {
            assertEquals(Match.CERTAIN, find(1 + i, 44_000, 1 + i));
            assertEquals(OTHER_GUEST, mapper.found().source);
            assertEquals(Match.HOST, find(1 + i, 46_000, 1 + i));
            leaves(1 + i, 45_000 + i, 1 + i);
            assertEquals(Match.CERTAIN, find(1 + i, 45_000 + i, 1 + i));
        }
    }

    @Test
    @DisplayName("R21: who holds the most loses the oldest, and agrees with lists in 100,000 random steps")
    void agreesWithListsInAHundredThousandRandomSteps() {
        int capacity = 100;
        int holders = 5;
        Random random = new Random(5);
        Shares shares = new Shares(capacity);
        List<Deque<Sighting>> held = new ArrayList<>();
        for (int i = 0; i < holders; i++) {
            held.add(new ArrayDeque<>());
        }
        for (int step = 0; step < 100_000; step++) {
            Deque<Sighting> of = held.get(random.nextInt(holders));
            Deque<Sighting> to = held.get(random.nextInt(holders));
            int action = random.nextInt(100);
            if (action < 55) {
                int count = held.stream().mapToInt(Deque::size).sum();
                Sighting excess = shares.excess();
                if (count < capacity) {
                    assertNull(excess);
                } else {
                    assertNotNull(excess);
                    Deque<Sighting> largest = held.get(excess.holder);
                    held.forEach(each -> assertEquals(true, each.size() <= largest.size()));
                    assertSame(largest.removeFirst(), excess);
                    shares.release(excess);
                }
                of.addLast(shares.take(held.indexOf(of)));
            } else if (!of.isEmpty()) {
                Sighting some = new ArrayList<>(of).get(random.nextInt(of.size()));
                of.remove(some);
                if (action < 75) {
                    shares.release(some);
                } else {
                    to = action < 90 ? to : of;
                    shares.hand(some, indexOf(held, to));
                    to.addLast(some);
                }
            }
            for (int i = 0; i < holders; i++) {
                assertSame(held.get(i).peekFirst(), shares.oldest(i));
            }
        }
        assertEquals(capacity, shares.made(), "what was released is taken again");
    }

    /** Lists that are equal, as empty ones, are told apart. */
    private static int indexOf(List<Deque<Sighting>> held, Deque<Sighting> one) {
        int at = 0;
        while (held.get(at) != one) {
            at++;
        }
        return at;
    }

    private void guest(int source, int port, int destinationPort, int id) {
        mapper.guestSighted(probe(source, port, destinationPort, id), GUEST_MAC, GATEWAY_MAC, NOW);
    }

    private void leaves(int port, int destinationPort, int id) {
        mapper.egressSighted(probe(HOST, port, destinationPort, id), Mapper.NO_UID, NOW);
    }

    private Match find(int port, int destinationPort, int id) {
        return mapper.find(probe(HOST, port, destinationPort, id), NOW, NOW, true);
    }

    /** Written without a packet: building hundreds of thousands would take its time. */
    private Probe probe(int source, int port, int destinationPort, int id) {
        probe.protocol = 17;
        probe.source = source;
        probe.destination = TARGET;
        probe.sourcePort = port;
        probe.destinationPort = destinationPort;
        probe.identification = id;
        probe.timeToLive = 3;
        probe.transportLength = 40;
        probe.content = id;
        probe.contentKnown = true;
        return probe;
    }
}
