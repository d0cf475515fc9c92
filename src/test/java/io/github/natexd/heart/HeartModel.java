package io.github.natexd.heart;

import io.github.natexd.heart.ModelFinding.Found;
import io.github.natexd.heart.ModelPairing.Grade;
import io.github.natexd.heart.ModelPairing.GuestSeen;
import io.github.natexd.heart.Outcome.Delivered;
import io.github.natexd.report.Reason;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The page "How natexd decides who gets an error" as a plain, slow program of lists and loops over them. It was written
 * from the page, without a look at the program. The fuzz showed what the page had left open; the page now covers that.
 * The model has no quotas, no limits of candidates, and no yielding.
 *
 * <p>Each rule has a file: this one has the turn and the first rule, that no error waits; {@link ModelPairing} and
 * {@link ModelFinding} have the second, that only certainty moves an error; {@link ModelProfile} has the third.
 */
final class HeartModel {
    private static final int MOST_COPIES = 64;

    private record Kept(int error, Sent quoted, long arrived, long until) {}

    private final long lifetime;
    private final ModelProfile profile = new ModelProfile();
    private final ModelPairing pairing = new ModelPairing(profile);
    private final ModelFinding finding;
    private final List<Kept> copies = new ArrayList<>();
    private final Map<Integer, Outcome> settled = new LinkedHashMap<>();
    private long lastSighted = Long.MIN_VALUE;
    private int errors;

    HeartModel(long lifetime, long start) {
        this.lifetime = lifetime;
        finding = new ModelFinding(pairing, profile, start);
    }

    void byVerdict(boolean now) {
        finding.byVerdict(now);
    }

    /** Forgets everything, as after a long time; returns whether the NAT process's user was not root. */
    boolean forget() {
        pairing.forget();
        copies.clear();
        errors = 0;
        return profile.forget();
    }

    ModelProfile.Traits traits(int protocol) {
        return profile.of(protocol);
    }

    void rulesChange(long now) {
        finding.rulesChange(now);
    }

    /** Takes what has arrived since the last turn; returns the decisions by the errors' numbers. */
    Map<Integer, Outcome> turn(
            long now, boolean lost, List<Step.Leaves> left, List<Step.Guest> seen, List<Step.Errors> queued) {
        settled.clear();
        pairing.expire(now, lifetime);
        if (lost) {
            finding.lost(now, lifetime);
        }
        for (Step.Leaves step : left) {
            pairing.leavingSighted(step, sightingTime(now));
        }
        for (Step.Guest step : seen) {
            pairing.guestSighted(step, sightingTime(now));
        }
        judgeCopies(now, left, seen);
        for (Step.Errors step : queued) {
            for (int i = 0; i < step.times(); i++) {
                errorComes(errors++, step.quoted(), now);
            }
        }
        return settled;
    }

    /** The sightings of one turn are a nanosecond apart, so that they have an order. */
    private long sightingTime(long now) {
        lastSighted = Math.max(now, lastSighted + 1);
        return lastSighted;
    }

    private void errorComes(int error, Sent quoted, long now) {
        Found found = finding.find(quoted, now, now, false);
        if (found.grade() == Grade.OPEN) {
            if (copies.size() < MOST_COPIES) {
                copies.add(new Kept(error, quoted, now, found.until()));
                return;
            }
            found = finding.find(quoted, now, now, true);
        }
        boolean certain = found.grade() == Grade.CERTAIN;
        settle(error, quoted, found, certain ? Reason.RELAYED : Reason.COPIED_LIKELY, certain);
    }

    /** In order of age, the oldest first. */
    private void judgeCopies(long now, List<Step.Leaves> left, List<Step.Guest> seen) {
        for (Kept copy : List.copyOf(copies)) {
            if (now < copy.until && !sighted(copy, left, seen)) {
                continue;
            }
            Found found = finding.find(copy.quoted, copy.arrived, now, false);
            if (found.grade() == Grade.OPEN) {
                copies.set(copies.indexOf(copy), new Kept(copy.error, copy.quoted, copy.arrived, found.until()));
            } else {
                boolean certain = found.grade() == Grade.CERTAIN;
                settle(copy.error, copy.quoted, found, certain ? Reason.COPIED_LATE : Reason.COPIED_LIKELY, false);
                copies.remove(copy);
            }
        }
    }

    private static boolean sighted(Kept copy, List<Step.Leaves> left, List<Step.Guest> seen) {
        boolean sighted = false;
        for (Step.Leaves step : left) {
            sighted |= step.probe().sameClass(copy.quoted);
        }
        for (Step.Guest step : seen) {
            sighted |= step.probe().sameClass(copy.quoted);
        }
        return sighted;
    }

    private void settle(int error, Sent quoted, Found found, Reason ifFound, boolean taken) {
        GuestSeen guest = found.guest();
        Outcome outcome =
                switch (found.grade()) {
                    case HOST -> new Outcome(Reason.HOST_PROBE, false, null);
                    case AMBIGUOUS -> new Outcome(Reason.AMBIGUOUS, false, null);
                    case UNKNOWN, OPEN -> new Outcome(Reason.NO_MAPPING, false, null);
                    case CERTAIN, LIKELY ->
                        new Outcome(ifFound, taken, guest == null ? null : delivered(guest, quoted, found, taken));
                };
        settled.put(error, outcome);
    }

    private Delivered delivered(GuestSeen guest, Sent quoted, Found found, boolean taken) {
        boolean forwarded = finding.byVerdict() && taken;
        return new Delivered(
                guest.probe.source(),
                guest.probe.sourcePort(),
                found.idPutBack() ? guest.probe.id() : quoted.id(),
                forwarded ? 0 : guest.mac,
                forwarded ? 0 : guest.gateway);
    }
}
