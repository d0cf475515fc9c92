package io.github.natexd.mapping;

import static io.github.natexd.testkit.Packets.GATEWAY_MAC;
import static io.github.natexd.testkit.Packets.GUEST;
import static io.github.natexd.testkit.Packets.GUEST_MAC;
import static io.github.natexd.testkit.Packets.HOST;
import static io.github.natexd.testkit.Packets.OTHER_GUEST;
import static io.github.natexd.testkit.Packets.TARGET;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.wire.Probe;
import io.github.natexd.wire.ReadProbe;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
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
    @DisplayName("R53: the same for a guest whose address ends with 0, as in a network larger than /24")
    void aFloodOfTheGuestWithNumberZeroEvictsNobodyElses() {
        othersProbes();
        for (int i = 0; i < FLOOD; i++) {
            guest(GUEST & 0xFFFFFF00, 1 + i % 16, 1 + i / 16, i & 0xFFFF);
        }

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
        int mappings = 50;
        int holders = 5;
        Random random = new Random(5);
        Sightings sightings = new Sightings(mappings, LIFETIME, NOW);
        List<Deque<Sighting>> held = new ArrayList<>();
        for (int i = 0; i < holders; i++) {
            held.add(new ArrayDeque<>());
        }
        Deque<Sighting> ofHost = held.get(holders - 1);
        long evictions = 0;
        for (int step = 0; step < 100_000; step++) {
            int holder = random.nextInt(holders);
            Deque<Sighting> of = held.get(holder);
            if (random.nextInt(100) < 70 || of == ofHost || of.isEmpty() || ofHost.isEmpty()) {
                int count = held.stream().mapToInt(Deque::size).sum();
                if (count == 2 * mappings) {
                    evictions++;
                    int most = held.stream().mapToInt(Deque::size).max().orElseThrow();
                    Deque<Sighting> largest = held.stream()
                            .filter(each -> each.size() == most)
                            .findFirst()
                            .orElseThrow();
                    Sighting lost = largest.removeFirst();
                    held.forEach(each -> each.remove(lost.other));
                }
                // Each probe is of a class of its own.
                Probe added = probe(of == ofHost ? HOST : GUEST + holder, 7, step % 50_000, 1 + step / 50_000);
                of.addLast(
                        of == ofHost
                                ? sightings.addLeaving(added, Mapper.NO_UID, NOW)
                                : sightings.addGuests(added, GUEST_MAC, GATEWAY_MAC, NOW));
            } else {
                Sighting guests = new ArrayList<>(of).get(random.nextInt(of.size()));
                Sighting leaving = new ArrayList<>(ofHost).get(random.nextInt(ofHost.size()));
                if (guests.other == null) {
                    sightings.pair(guests, leaving);
                    ofHost.remove(leaving);
                    of.addLast(leaving);
                }
            }
            assertEquals(evictions, sightings.evictions());
            assertFound(sightings, held, step);
        }
        assertTrue(evictions > 10_000, "there were " + evictions);
    }

    /** What is in the lists is found, and of what is not, nothing. */
    private void assertFound(Sightings sightings, List<Deque<Sighting>> held, int step) {
        Deque<Sighting> of = held.get(step % held.size());
        int pairs = 0;
        for (Deque<Sighting> each : held) {
            for (Sighting sighting : each) {
                pairs += sighting.leaving && sighting.other != null ? 1 : 0;
            }
        }
        assertEquals(pairs, sightings.pairs());
        for (Sighting sighting : of) {
            Sighting found = sightings.firstOf(sighting.holder, sighting.classKey(), NOW);
            assertSame(sighting.other == null ? sighting : null, found);
            if (sighting.leaving) {
                Sighting quoted = sightings.firstQuoted(sighting);
                while (quoted != sighting) {
                    quoted = sightings.nextQuoted(Objects.requireNonNull(quoted, "not found by its tuple"));
                }
            }
        }
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
