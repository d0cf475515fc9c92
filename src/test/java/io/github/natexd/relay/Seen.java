package io.github.natexd.relay;

import io.github.natexd.report.Observed;
import io.github.natexd.report.Reason;
import io.github.natexd.wire.MplsLabels;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A copy of what an observer saw; what was not valid is null. */
record Seen(
        Observed.Event event,
        Reason reason,
        long ageNanos,
        long epochNanos,
        @Nullable Report report,
        @Nullable Quote quote,
        @Nullable Guest guest) {
    /** Who sent the error or reply. */
    record Report(int reporter, int type, int code, List<Integer> labels) {}

    /** The probe as it is quoted or as it was seen. */
    record Quote(int protocol, int source, int sourcePort, int destination, int destinationPort) {}

    /** The guest that sent the probe. */
    record Guest(int address, int port, int hop, long roundTripNanos) {}

    static Seen of(Observed observed) {
        List<Integer> labels = new ArrayList<>();
        for (int i = 0; i < observed.labels.count(); i++) {
            labels.add(MplsLabels.label(observed.labels.entry(i)));
        }
        return new Seen(
                observed.event,
                observed.reason,
                observed.ageNanos,
                observed.epochNanos,
                observed.reported ? new Report(observed.reporter, observed.type, observed.code, labels) : null,
                observed.quoted
                        ? new Quote(
                                observed.protocol,
                                observed.source,
                                observed.sourcePort,
                                observed.target,
                                observed.targetPort)
                        : null,
                observed.guestKnown
                        ? new Guest(observed.guest, observed.guestPort, observed.hop, observed.roundTripNanos)
                        : null);
    }
}
