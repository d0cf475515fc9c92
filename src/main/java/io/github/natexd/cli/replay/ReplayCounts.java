package io.github.natexd.cli.replay;

import io.github.natexd.report.Reason;
import java.util.EnumMap;
import java.util.Map;

/** The number of packets of each kind. */
final class ReplayCounts {
    long packets;
    /** Packets of interfaces whose link type is not supported. */
    long otherLinkTypes;

    long guestProbes;
    long egressProbes;
    long errors;
    /** Errors on the guest network, which natexd or the NAT process delivered during the capture. */
    long errorsToGuests;

    /** Errors of which the capture has only the beginning. */
    long cutErrors;

    private final Map<Reason, Long> reasons = new EnumMap<>(Reason.class);

    void count(Reason reason) {
        reasons.merge(reason, 1L, Long::sum);
    }

    /** In the order of the enum; reasons that did not occur are absent. */
    Map<Reason, Long> reasons() {
        return reasons;
    }
}
