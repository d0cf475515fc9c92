package io.github.natexd.control;

import io.github.natexd.report.Observed;
import io.github.natexd.report.Observed.Event;
import io.github.natexd.report.Reason;
import io.github.natexd.wire.MplsLabels;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The record in which natexd sends natexctl one thing that it observed, in network order. natexctl turns it into JSON:
 * text would cost natexd more than the error itself.
 * <pre>
 *    0  event, reason, flags, unused                     an octet each
 *    4  protocol, hop, ICMP type, ICMP code              an octet each
 *    8  next-hop MTU, guest's, source and target port    2 octets each
 *   16  guest, source, target, reporter                  4 octets each
 *   32  time; round trip of an error, else guest's MAC   8 octets each
 * </pre>
 * If an error has MPLS labels, a record with event {@value #LABELS} comes before its own: the number of label stack
 * entries in the second octet, and the entries from offset 4. If events are missing, a record with event {@value #LOST}
 * has their number in place of the time.
 */
final class ObservedRecord {
    /** Increases with each change of the layout: both ends must have the same. */
    static final int VERSION = 2;

    static final int OCTETS = 48;

    private static final int LOST = 255;
    private static final int LABELS = 254;
    private static final Event[] EVENTS = Event.values();
    private static final Reason[] REASONS = Reason.values();

    private static final int EVENT = 0;
    private static final int REASON = 1;
    private static final int FLAGS = 2;
    private static final int PROTOCOL = 4;
    private static final int HOP = 5;
    private static final int TYPE = 6;
    private static final int CODE = 7;
    private static final int NEXT_HOP_MTU = 8;
    private static final int GUEST_PORT = 10;
    private static final int SOURCE_PORT = 12;
    private static final int TARGET_PORT = 14;
    private static final int GUEST = 16;
    private static final int SOURCE = 20;
    private static final int TARGET = 24;
    private static final int REPORTER = 28;
    private static final int TIME = 32;
    private static final int ROUND_TRIP_OR_MAC = 40;

    private static final int LABEL_COUNT = 1;
    private static final int FIRST_LABEL = 4;

    private static final int REPORTED = 1;
    private static final int QUOTED = 2;
    private static final int GUEST_KNOWN = 4;

    private ObservedRecord() {}

    static void write(Observed observed, ByteBuffer to, int at) {
        to.put(at + EVENT, (byte) observed.event.ordinal());
        to.put(at + REASON, (byte) observed.reason.ordinal());
        to.put(at + FLAGS, (byte) ((observed.reported ? REPORTED : 0)
                | (observed.quoted ? QUOTED : 0)
                | (observed.guestKnown ? GUEST_KNOWN : 0)));
        to.put(at + PROTOCOL, (byte) observed.protocol);
        to.put(at + HOP, (byte) observed.hop);
        to.put(at + TYPE, (byte) observed.type);
        to.put(at + CODE, (byte) observed.code);
        to.putShort(at + NEXT_HOP_MTU, (short) observed.nextHopMtu);
        to.putShort(at + GUEST_PORT, (short) observed.guestPort);
        to.putShort(at + SOURCE_PORT, (short) observed.sourcePort);
        to.putShort(at + TARGET_PORT, (short) observed.targetPort);
        to.putInt(at + GUEST, observed.guest);
        to.putInt(at + SOURCE, observed.source);
        to.putInt(at + TARGET, observed.target);
        to.putInt(at + REPORTER, observed.reporter);
        to.putLong(at + TIME, observed.epochNanos);
        to.putLong(at + ROUND_TRIP_OR_MAC, observed.event == Event.ERROR ? observed.roundTripNanos : observed.guestMac);
    }

    static void writeLabels(MplsLabels labels, ByteBuffer to, int at) {
        to.put(at + EVENT, (byte) LABELS).put(at + LABEL_COUNT, (byte) labels.count());
        for (int i = 0; i < labels.count(); i++) {
            to.putInt(at + FIRST_LABEL + Integer.BYTES * i, labels.entry(i));
        }
    }

    static boolean isLabels(ByteBuffer records, int at) {
        return (records.get(at + EVENT) & 0xFF) == LABELS;
    }

    /** The labels of the error whose record comes next; null if this record at offset 0 is of another kind. */
    static @Nullable MplsLabels labels(ByteBuffer record) {
        int count = record.get(LABEL_COUNT) & 0xFF;
        if (!isLabels(record, 0) || count > MplsLabels.LIMIT) {
            return null;
        }
        MplsLabels labels = new MplsLabels();
        for (int i = 0; i < count; i++) {
            labels.add(record.getInt(FIRST_LABEL + Integer.BYTES * i));
        }
        return labels;
    }

    /** Says that events are missing; at offset 0. */
    static void writeLost(long events, ByteBuffer to) {
        to.put(EVENT, (byte) LOST).putLong(TIME, events);
    }

    /** How many events are missing here; 0 if this record at offset 0 is an event. */
    static long lost(ByteBuffer record) {
        return (record.get(EVENT) & 0xFF) == LOST ? record.getLong(TIME) : 0;
    }

    /** Reads the record at offset 0, which has these labels; null if natexd cannot have written it. */
    static @Nullable Observed read(ByteBuffer record, MplsLabels labels) {
        int event = record.get(EVENT) & 0xFF;
        int reason = record.get(REASON) & 0xFF;
        if (event >= EVENTS.length || reason >= REASONS.length) {
            return null;
        }
        Observed observed = new Observed();
        observed.event = EVENTS[event];
        observed.reason = REASONS[reason];
        observed.reported = (record.get(FLAGS) & REPORTED) != 0;
        observed.quoted = (record.get(FLAGS) & QUOTED) != 0;
        observed.guestKnown = (record.get(FLAGS) & GUEST_KNOWN) != 0;
        observed.protocol = record.get(PROTOCOL) & 0xFF;
        observed.hop = record.get(HOP) & 0xFF;
        observed.type = record.get(TYPE) & 0xFF;
        observed.code = record.get(CODE) & 0xFF;
        observed.nextHopMtu = record.getShort(NEXT_HOP_MTU) & 0xFFFF;
        observed.guestPort = record.getShort(GUEST_PORT) & 0xFFFF;
        observed.sourcePort = record.getShort(SOURCE_PORT) & 0xFFFF;
        observed.targetPort = record.getShort(TARGET_PORT) & 0xFFFF;
        observed.guest = record.getInt(GUEST);
        observed.source = record.getInt(SOURCE);
        observed.target = record.getInt(TARGET);
        observed.reporter = record.getInt(REPORTER);
        observed.epochNanos = record.getLong(TIME);
        if (observed.event == Event.ERROR) {
            observed.roundTripNanos = record.getLong(ROUND_TRIP_OR_MAC);
        } else {
            observed.guestMac = record.getLong(ROUND_TRIP_OR_MAC);
        }
        observed.labels = labels;
        return observed;
    }
}
