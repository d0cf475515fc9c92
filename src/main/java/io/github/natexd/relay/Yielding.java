package io.github.natexd.relay;

import io.github.natexd.translate.Judgement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Steps back where the NAT process delivers errors to guests itself. A frame that looks like such a delivery proves nothing,
 * since guests can forge it; one that matches an error that natexd itself was handed within a second does. Then natexd leaves
 * this class of errors to the NAT process, for this guest alone, until three matched errors in a row were not delivered.
 *
 * <p>A NAT process that reads a socket delivers only what the host keeps; one that captures packets delivers whatever the
 * verdict. So a delivery of an error that was copied says nothing about those that are moved: the two are left to the NAT
 * process separately.
 *
 * <p>Guests are told apart by the last octet of their address, and have nothing in common here that one could fill up.
 */
final class Yielding {
    private static final Logger LOG = LoggerFactory.getLogger(Yielding.class);

    private static final int GUESTS = 256;
    private static final int MISSES_TO_RESUME = 3;
    private static final byte RELAYS = -1;

    private final @Nullable Guest[] guests = new Guest[GUESTS];
    private final boolean[] relayed = new boolean[Delivery.CLASSES];
    private final boolean[] logged = new boolean[Delivery.CLASSES];
    private final Delivery delivery = new Delivery();
    /** How many errors were left to the NAT process and not seen delivered yet. */
    private int watched;

    /** What is remembered of one guest; made once. */
    private static final class Guest {
        /** Of the errors of each class that natexd copies: the misses in a row, or that natexd does not yield. */
        final byte[] copyMisses = new byte[Delivery.CLASSES];
        /** The same of those that natexd moves. */
        final byte[] moveMisses = new byte[Delivery.CLASSES];
        /** What natexd relayed, what it left to the NAT process, and frames seen before their errors. */
        final Recent relays = new Recent();

        final Recent left = new Recent();
        final Recent early = new Recent();

        Guest() {
            Arrays.fill(copyMisses, RELAYS);
            Arrays.fill(moveMisses, RELAYS);
        }

        byte[] misses(Delivery error) {
            return error.moved ? moveMisses : copyMisses;
        }
    }

    /** The guest network was re-created: whatever its NAT process was, this is another one. */
    void reset() {
        Arrays.fill(guests, null);
        watched = 0;
        Arrays.fill(relayed, false);
        Arrays.fill(logged, false);
    }

    private Guest guest(int address) {
        Guest guest = guests[address & 0xff];
        if (guest == null) {
            guest = new Guest();
            guests[address & 0xff] = guest;
        }
        return guest;
    }

    /** Whether the NAT process delivers this error of a guest's. If not, natexd does. */
    boolean leavesToNat(Judgement error, long nowNanos) {
        delivery.of(error, nowNanos);
        Guest guest = guest(delivery.guest);
        if (guest.early.take(delivery) != null) {
            delivers(guest, delivery);
            return true;
        }
        if (guest.misses(delivery)[delivery.errorClass] != RELAYS) {
            // Those that find no room are not counted: what is remembered must get old enough to be missed.
            if (!guest.left.isFull()) {
                guest.left.add(delivery);
                watched++;
            }
            return true;
        }
        relayed[delivery.errorClass] = true;
        guest.relays.add(delivery);
        return false;
    }

    /** A frame with an error was seen on its way to a guest. */
    void seen(Delivery frame) {
        if (isForwarded(frame)) {
            return;
        }
        Guest guest = guest(frame.guest);
        Delivery error = guest.left.take(frame);
        if (error != null) {
            watched--;
        } else {
            error = guest.relays.take(frame);
        }
        if (error != null) {
            delivers(guest, error);
        } else {
            guest.early.add(frame);
        }
    }

    /** A guest sent it that was relayed an error itself: it forwards for another. */
    private boolean isForwarded(Delivery frame) {
        for (Guest guest : guests) {
            if (guest != null && guest.relays.hasGoneTo(frame.gatewayMac, frame.nanos)) {
                return true;
            }
        }
        return false;
    }

    private void delivers(Guest guest, Delivery error) {
        guest.copyMisses[error.errorClass] = 0;
        if (error.moved) {
            guest.moveMisses[error.errorClass] = 0;
        }
        if (!logged[error.errorClass]) {
            logged[error.errorClass] = true;
            LOG.info("the NAT process delivers {} errors itself; natexd leaves them to it", error.kindName());
        }
    }

    /** Counts what the NAT process did not deliver in time. */
    void tick(long nowNanos) {
        for (int i = 0; watched > 0 && i < GUESTS; i++) {
            Guest guest = guests[i];
            if (guest != null && !guest.left.isEmpty()) {
                for (Delivery missed = guest.left.takeOverdue(nowNanos);
                        missed != null;
                        missed = guest.left.takeOverdue(nowNanos)) {
                    watched--;
                    missed(guest, missed);
                }
            }
        }
    }

    private static void missed(Guest guest, Delivery missed) {
        byte[] misses = guest.misses(missed);
        int errorClass = missed.errorClass;
        if (misses[errorClass] != RELAYS && ++misses[errorClass] >= MISSES_TO_RESUME) {
            misses[errorClass] = RELAYS;
            LOG.debug("the NAT process does not deliver {} errors any more; natexd relays them", missed.kindName());
        }
    }

    /** When {@link #tick} has something to do again, or Long.MAX_VALUE. */
    long nextNanos() {
        long next = Long.MAX_VALUE;
        for (int i = 0; watched > 0 && i < GUESTS; i++) {
            Guest guest = guests[i];
            if (guest != null) {
                next = Math.min(next, guest.left.nextNanos());
            }
        }
        return next;
    }

    /** Who delivers what, class by class: the NAT process does if it does to some guest. */
    List<NatDelivery> deliveries() {
        List<NatDelivery> deliveries = new ArrayList<>();
        for (int errorClass = 0; errorClass < Delivery.CLASSES; errorClass++) {
            boolean byNat = false;
            for (Guest guest : guests) {
                byNat |= guest != null
                        && (guest.copyMisses[errorClass] != RELAYS || guest.moveMisses[errorClass] != RELAYS);
            }
            deliveries.add(new NatDelivery(
                    Delivery.kindOf(errorClass).text(), Delivery.protocolOf(errorClass), byNat, relayed[errorClass]));
        }
        return List.copyOf(deliveries);
    }
}
