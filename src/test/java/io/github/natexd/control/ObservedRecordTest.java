package io.github.natexd.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.report.Observed;
import io.github.natexd.report.Reason;
import io.github.natexd.wire.MplsLabels;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The records and the ring between natexd's two threads. */
class ObservedRecordTest {

    /** Where a record has the guest. */
    private static final int GUEST = 16;

    private final ByteBuffer record = ByteBuffer.allocate(ObservedRecord.OCTETS);

    /** Every field of every type has its greatest value in turn, so none can be forgotten or change another. */
    @ParameterizedTest
    @EnumSource
    void eachFieldIsReadAsItWasWritten(Observed.Event event) throws Exception {
        for (Field field : Observed.class.getFields()) {
            if (Modifier.isStatic(field.getModifiers())
                    || field.getName().equals(missing(event))
                    || field.getName().equals("ageNanos")) {
                continue;
            }
            Observed written = new Observed();
            written.event = event;
            if (field.getType() == long.class) {
                field.setLong(written, 0x7f01_0203_0405_06ffL);
            } else if (field.getType() == boolean.class) {
                field.setBoolean(written, true);
            } else if (field.getType() == int.class) {
                field.setInt(written, limit(field.getName()));
            } else if (field.getType() == Reason.class) {
                written.reason = Reason.INTERNAL_ERROR;
            } else if (field.getType() == MplsLabels.class) {
                written.labels = labels(MplsLabels.LIMIT);
            }
            ObservedRecord.writeLabels(written.labels, record, 0);
            MplsLabels labels = ObservedRecord.labels(record);
            ObservedRecord.write(written, record, 0);
            assertNull(ObservedRecord.labels(record));
            assertEquals(values(written), values(ObservedRecord.read(record, labels)), field.getName());
        }
    }

    /** An error has no guest's MAC address, and only an error has a round trip: they share their octets. */
    private static String missing(Observed.Event event) {
        return event == Observed.Event.ERROR ? "guestMac" : "roundTripNanos";
    }

    private static int limit(String field) {
        return switch (field) {
            case "guest", "source", "target", "reporter" -> 0xfffefdfc;
            case "guestPort", "sourcePort", "targetPort", "nextHopMtu" -> 0xfffe;
            default -> 0xfe;
        };
    }

    private static MplsLabels labels(int count) {
        MplsLabels labels = new MplsLabels();
        for (int i = 0; i < count; i++) {
            labels.add(0xf0000000 + i);
        }
        return labels;
    }

    private static List<Object> values(Observed observed) throws Exception {
        assertNotNull(observed);
        List<Object> values = new ArrayList<>();
        for (Field field : Observed.class.getFields()) {
            Object value = field.get(observed);
            if (value instanceof MplsLabels labels) {
                for (int i = 0; i < labels.count(); i++) {
                    values.add(labels.entry(i));
                }
            } else if (!field.getName().equals("ageNanos")) {
                values.add(value);
            }
        }
        return values;
    }

    @ParameterizedTest
    @CsvSource({"0, 3", "0, 128", "0, 253", "1, 100", "1, 255"})
    void whatNatexdCannotHaveWrittenIsNotRead(int at, int octet) {
        ObservedRecord.write(new Observed(), record, 0);
        record.put(at, (byte) octet);

        assertNull(ObservedRecord.read(record, new MplsLabels()));
        assertNull(ObservedRecord.labels(record));
    }

    @Test
    void noErrorHasMoreLabelsThanNatexdReads() {
        ObservedRecord.writeLabels(labels(MplsLabels.LIMIT), record, 0);
        record.put(1, (byte) (MplsLabels.LIMIT + 1));

        assertNull(ObservedRecord.labels(record));
        assertNull(ObservedRecord.read(record, new MplsLabels()));
    }

    @Test
    void labelsComeInTheRecordBeforeTheirError() {
        ObservedRing ring = new ObservedRing();
        Observed observed = new Observed();
        for (int i = 0; i < ObservedRing.CAPACITY - 3; i++) {
            assertTrue(ring.put(observed));
        }
        observed.labels = labels(2);
        assertTrue(ring.put(observed));
        assertFalse(ring.put(observed), "there is only one place");
        assertEquals(2, ring.events(ring.end() - 3, ring.end()), "the labels are no event");
        ByteBuffer view = ring.view();
        ring.select(ring.end() - 2, view);

        assertEquals(
                0xf0000001,
                ObservedRecord.labels(record.put(0, view, view.position(), record.capacity()))
                        .entry(1));
        ring.select(ring.end() - 1, view);
        assertNull(ObservedRecord.labels(record.put(0, view, view.position(), record.capacity())));
    }

    @Test
    void aRecordOfLossIsNoEvent() {
        ObservedRecord.writeLost(5_000_000_000L, record);

        assertEquals(5_000_000_000L, ObservedRecord.lost(record));
        assertNull(ObservedRecord.read(record, new MplsLabels()));
        ObservedRecord.write(new Observed(), record, 0);
        assertEquals(0, ObservedRecord.lost(record));
    }

    @Test
    void theRingKeepsTheOrderAndRefusesWhatDoesNotFit() {
        ObservedRing ring = new ObservedRing();
        ByteBuffer view = ring.view();
        Observed observed = new Observed();
        int next = ring.end();
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < ObservedRing.CAPACITY - 1 - round; i++) {
                observed.guest = i;
                assertTrue(ring.put(observed));
            }
            int expected = 0;
            while (next != ring.end()) {
                next = ring.select(next, view);
                for (; view.hasRemaining(); view.position(view.position() + ObservedRecord.OCTETS)) {
                    assertEquals(expected++, view.getInt(view.position() + GUEST));
                }
            }
            assertEquals(ObservedRing.CAPACITY - 1 - round, expected);
            for (int i = 0; i <= round; i++) {
                assertTrue(ring.put(observed));
            }
            assertFalse(ring.put(observed), "the ring is full");
            ring.release(ring.end());
            next = ring.end();
        }
    }
}
