package io.github.natexd.report;

/** How many packets had which outcome. Only the relay's thread writes; other threads read copies. */
public final class Counters {
    /** What is counted in addition to the reasons. */
    public enum Event {
        /** Guests' probes seen on the guest network. */
        GUEST_SIGHTINGS,
        /** Probes seen leaving the host. */
        EGRESS_SIGHTINGS,
        /** Errors that were accepted before a decision, of which natexd kept a copy. */
        COPIES_KEPT,
        /** Errors that were decided at once because natexd could keep no more copies. */
        COPIES_FULL,
        /** Frames on the guest network that were neither a probe nor a delivery. */
        FRAMES_IGNORED,
        /** Errors that the NAT process was seen to deliver itself. */
        NAT_DELIVERIES,
        /** Probes and frames that were skipped because of an internal error. */
        NOT_READ
    }

    private static final Reason[] REASONS = Reason.values();
    private static final Event[] EVENTS = Event.values();

    private final long[] reasons = new long[REASONS.length];
    private final long[] events = new long[EVENTS.length];

    public void count(Reason reason) {
        reasons[reason.ordinal()]++;
    }

    public void count(Event event) {
        events[event.ordinal()]++;
    }

    /** A copy of the present numbers, for other threads. */
    public Counters copy() {
        Counters copy = new Counters();
        System.arraycopy(reasons, 0, copy.reasons, 0, reasons.length);
        System.arraycopy(events, 0, copy.events, 0, events.length);
        return copy;
    }

    public long get(Reason reason) {
        return reasons[reason.ordinal()];
    }

    public long get(Event event) {
        return events[event.ordinal()];
    }

    /** How many errors guests got. */
    public long delivered() {
        long sum = 0;
        for (Reason reason : REASONS) {
            sum += reason.isDelivered() ? get(reason) : 0;
        }
        return sum;
    }

    /** One line with all numbers that are not zero. */
    @Override
    public String toString() {
        StringBuilder line = new StringBuilder();
        for (Reason reason : REASONS) {
            append(line, reason.name(), reasons[reason.ordinal()]);
        }
        for (Event event : EVENTS) {
            append(line, event.name(), events[event.ordinal()]);
        }
        return line.isEmpty() ? "nothing yet" : line.toString();
    }

    private static void append(StringBuilder line, String name, long count) {
        if (count != 0) {
            line.append(line.isEmpty() ? "" : ", ")
                    .append(name.toLowerCase(java.util.Locale.ROOT).replace('_', '-'))
                    .append(' ')
                    .append(count);
        }
    }
}
