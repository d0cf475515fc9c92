package io.github.natexd.control;

import io.github.natexd.relay.Observed;
import io.github.natexd.relay.Observed.Event;
import io.github.natexd.translate.Reason;
import io.github.natexd.wire.MplsLabels;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The record in which natexd sends natexctl one thing that it observed, in network order. natexctl turns it into JSON:
 * text would cost natexd more than the error itself.
 * <pre>
 *    0  event, reason, flags, number of labels           an octet each
 *    4  protocol, hop, ICMP type, ICMP code              an octet each
 *    8  next-hop MTU, guest's, source and target port    2 octets each
 *   16  guest, source, target, reporter                  4 octets each
 *   32  time; round trip of an error, else guest's MAC   8 octets each
 *   48  MPLS label stack entries                         4 octets each, always {@value MplsLabels#LIMIT} of them
 * </pre>
 * If records are missing, one with event {@value #LOST} has their number in place of the time.
 */
final class ObservedRecord {
    /** Increases with each change of the layout: both ends must have the same. */
    static final int VERSION = 2;

    static final int OCTETS = 48 + Integer.BYTES * MplsLabels.LIMIT;

    private static final int LOST = 255;
    private static final Event[] EVENTS = Event.values();
    private static final Reason[] REASONS = Reason.values();

    private static final int EVENT = 0;
    private static final int REASON = 1;
    private static final int FLAGS = 2;
    private static final int LABEL_COUNT = 3;
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
    private static final int LABELS = 48;

    private static final int REPORTED = 1;
    private static final int QUOTED = 2;
    private static final int GUEST_KNOWN = 4;

    private ObservedRecord() {}

    static void write(Observed observed, ByteBuffer to, int at) {
        int labels = observed.labels.count();
        to.put(at + EVENT, (byte) observed.event.ordinal());
        to.put(at + REASON, (byte) observed.reason.ordinal());
        to.put(at + FLAGS, (byte) ((observed.reported ? REPORTED : 0)
                | (observed.quoted ? QUOTED : 0)
                | (observed.guestKnown ? GUEST_KNOWN : 0)));
        to.put(at + LABEL_COUNT, (byte) labels);
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
        for (int i = 0; i < labels; i++) {
            to.putInt(at + LABELS + Integer.BYTES * i, observed.labels.entry(i));
        }
    }

    /** Says that records are missing; at offset 0. */
    static void writeLost(long records, ByteBuffer to) {
        to.put(EVENT, (byte) LOST).putLong(TIME, records);
    }

    /** How many records are missing here; 0 if this record at offset 0 is an event. */
    static long lost(ByteBuffer record) {
        return (record.get(EVENT) & 0xFF) == LOST ? record.getLong(TIME) : 0;
    }

    /** Reads the record at offset 0; null if natexd cannot have written it. */
    static @Nullable Observed read(ByteBuffer record) {
        int event = record.get(EVENT) & 0xFF;
        int reason = record.get(REASON) & 0xFF;
        int labels = record.get(LABEL_COUNT) & 0xFF;
        if (event >= EVENTS.length || reason >= REASONS.length || labels > MplsLabels.LIMIT) {
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
        observed.labels = new MplsLabels();
        for (int i = 0; i < labels; i++) {
            observed.labels.add(record.getInt(LABELS + Integer.BYTES * i));
        }
        return observed;
    }
}
