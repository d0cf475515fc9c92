package io.github.natexd.mapping;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SlotsTest {
    private static final int BLOCK_ROWS = 1024;
    private static final int COLUMN = 3;

    @Test
    void usesTheRowsThatWereFreedBeforeItMakesNewOnes() {
        Slots slots = new Slots(3 * BLOCK_ROWS);

        for (int i = 0; i < 10 * BLOCK_ROWS; i++) {
            slots.remove(slots.add(i));
        }

        assertEquals(0, slots.add(7), "one row at a time needs one row");
        assertThrows(NullPointerException.class, () -> slots.rows.get(BLOCK_ROWS, COLUMN), "the second block was made");
    }

    @Test
    void holdsAsManyRowsAsItsCapacityThoughThatIsNoWholeNumberOfBlocks() {
        int capacity = BLOCK_ROWS + 5;
        Slots slots = new Slots(capacity);

        for (int i = 0; i < capacity; i++) {
            slots.rows.setLong(slots.add(i), COLUMN, -i);
        }

        assertEquals(capacity, slots.size());
        assertEquals(0, slots.evictions());
        assertEquals(-(capacity - 1), slots.rows.getLong(slots.first(capacity - 1), COLUMN));
    }

    @Test
    void agreesWithQueueAndListsInAHundredThousandRandomSteps() {
        int capacity = 100;
        int hashes = 40;
        Random random = new Random(5);
        Slots slots = new Slots(capacity);
        Deque<Integer> byAge = new ArrayDeque<>();
        Map<Integer, List<Integer>> chains = new HashMap<>();
        for (int hash = 0; hash < hashes; hash++) {
            chains.put(hash, new ArrayList<>());
        }

        for (int step = 0; step < 100_000; step++) {
            boolean remove = !byAge.isEmpty() && random.nextInt(100) < 45;
            if (remove) {
                int victim = new ArrayList<>(byAge).get(random.nextInt(byAge.size()));
                slots.remove(victim);
                forget(victim, byAge, chains);
            } else {
                int hash = random.nextInt(hashes);
                if (byAge.size() == capacity) {
                    forget(byAge.getFirst(), byAge, chains);
                }
                int slot = slots.add(hash);
                byAge.addLast(slot);
                chains.get(hash).add(0, slot);
            }
            int hash = random.nextInt(hashes);
            assertEquals(chains.get(hash), chain(slots, hash));
            assertEquals(byAge.isEmpty() ? Slots.NONE : byAge.getFirst(), slots.oldest());
            assertEquals(byAge.size(), slots.size());
        }
    }

    private static void forget(int slot, Deque<Integer> byAge, Map<Integer, List<Integer>> chains) {
        byAge.remove(slot);
        chains.values().forEach(chain -> chain.remove(Integer.valueOf(slot)));
    }

    private static List<Integer> chain(Slots slots, int hash) {
        List<Integer> chain = new ArrayList<>();
        for (int slot = slots.first(hash); slot != Slots.NONE; slot = slots.next(slot)) {
            chain.add(slot);
        }
        return chain;
    }
}
