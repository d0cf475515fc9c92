package io.github.natexd.lab.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class EchoEntriesTest {
    private static final int CLIENT = 0x0a080001;
    private static final int TARGET = 0xc6336414;
    private static final int OTHER = 0xc6336415;
    private static final long NOW = 5;

    private final EchoEntries entries = new EchoEntries();

    @Test
    void aReplyIsTakenOnceByPlaceSequenceAndSender() {
        int place = entries.place(flow(1));
        assertTrue(entries.put(place, TARGET, 7, NOW));

        assertFalse(entries.take(place + 1, TARGET, 7), "another identifier");
        assertFalse(entries.take(place, TARGET, 8), "another sequence");
        assertFalse(entries.take(place, OTHER, 7), "another sender");
        assertTrue(entries.take(place, TARGET, 7));
        assertFalse(entries.take(place, TARGET, 7), "the same reply again");
        assertEquals(0, entries.size());
    }

    @Test
    void anEntryEndsWhenItsTimeIsUp() {
        int place = entries.place(flow(1));
        entries.put(place, TARGET, 1, NOW);
        entries.put(place, TARGET, 2, NOW + 10);

        assertEquals(1, entries.expire(NOW + EchoEntries.ENTRY_NANOS - 1));
        assertEquals(2, entries.size());
        assertEquals(10, entries.expire(NOW + EchoEntries.ENTRY_NANOS));
        assertEquals(1, entries.size());
        assertEquals(-1, entries.expire(NOW + EchoEntries.ENTRY_NANOS + 10));
        assertEquals(0, entries.size());
        assertFalse(entries.take(place, TARGET, 2), "too late");
    }

    @Test
    void aRepeatedSequenceKeepsOneEntryWithItsOwnTime() {
        int place = entries.place(flow(1));
        entries.put(place, TARGET, 1, NOW);
        entries.put(place, OTHER, 1, NOW + 10);

        assertEquals(1, entries.size());
        assertEquals(10, entries.expire(NOW + EchoEntries.ENTRY_NANOS));
        assertTrue(entries.take(place, OTHER, 1));
    }

    @Test
    void noMoreEntriesThanTheLimit() {
        int place = entries.place(flow(1));
        for (int sequence = 0; sequence < EchoEntries.ENTRIES_MAX; sequence++) {
            assertTrue(entries.put(place, TARGET, sequence, NOW));
        }

        assertFalse(entries.put(place, TARGET, EchoEntries.ENTRIES_MAX, NOW));
        assertEquals(EchoEntries.ENTRIES_MAX, entries.size());
        assertTrue(entries.put(place, TARGET, 0, NOW), "in the place of the entry that it has");
    }

    @Test
    void noMoreFlowsThanTheLimitAndAnIdleOneGivesUpItsPlace() {
        for (int identifier = 0; identifier < EchoEntries.FLOWS_MAX; identifier++) {
            int place = entries.place(flow(identifier));
            assertEquals(identifier, place);
            entries.put(place, TARGET, 1, NOW);
        }
        assertEquals(3, entries.place(flow(3)), "a flow keeps its place");

        assertEquals(-1, entries.place(flow(1000)), "all places are taken by flows that wait");
        entries.take(5, TARGET, 1);
        assertEquals(5, entries.place(flow(1000)));
        entries.put(5, TARGET, 1, NOW);
        assertEquals(-1, entries.place(flow(5)), "its place is another flow's now");
    }

    @Test
    void aFlowOfAnotherAddressIsAnotherOne() {
        int place = entries.place(flow(1));

        assertNotEquals(place, entries.place(new EchoEntries.Flow(CLIENT + 1, 1)));
    }

    @Test
    void passesAreCountedForARequestThatWaitsOnly() {
        int place = entries.place(flow(1));
        entries.put(place, TARGET, 1, NOW);

        assertEquals(2, entries.passAgain(place, 1));
        assertEquals(3, entries.passAgain(place, 1));
        assertEquals(0, entries.passAgain(place, 2));
        entries.expire(NOW + EchoEntries.ENTRY_NANOS);
        assertEquals(0, entries.passAgain(place, 1));
    }

    private static EchoEntries.Flow flow(int identifier) {
        return new EchoEntries.Flow(CLIENT, identifier);
    }
}
