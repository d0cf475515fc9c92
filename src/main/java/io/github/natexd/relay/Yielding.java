package io.github.natexd.relay;

import io.github.natexd.report.NatDelivery;
import io.github.natexd.translate.Judgement;
import io.github.natexd.wire.Ipv4Address;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leaves errors to the NAT process if it delivers them to guests itself. A frame that looks like a delivery proves
 * nothing, because guests can forge it. A frame that matches an error that natexd got within a second is proof: then
 * natexd leaves this class of errors to the NAT process, for this guest only, until three such errors in a row were not
 * delivered.
 *
 * <p>A NAT process that reads a socket delivers only what the host keeps; one that captures packets delivers
 * everything. So a delivery of a copied error says nothing about moved ones, and natexd decides about copied and moved
 * errors separately.
 *
 * <p>The last octet of the address identifies a guest. Guests share no space here, so none can fill it for others.
 */
final class Yielding {
    private static final Logger LOG = LoggerFactory.getLogger(Yielding.class);

    private static final int GUESTS = Ipv4Address.LAST_OCTETS;
    private static final int MISSES_TO_RESUME = 3;
    private static final byte RELAYS = -1;

    private final @Nullable Guest[] guests = new Guest[GUESTS];
    private final boolean[] relayed = new boolean[Delivery.CLASSES];
    private final boolean[] logged = new boolean[Delivery.CLASSES];
    private final Delivery delivery = new Delivery();
    /** How many errors are left to the NAT process and not yet seen delivered. */
    private int watched;

    /** What natexd remembers about one guest. */
    private static final class Guest {
        /** For copied errors of each class: the misses in a row, or RELAYS if natexd does not yield. */
        final byte[] copyMisses = new byte[Delivery.CLASSES];
        /** The same for moved errors. */
        final byte[] moveMisses = new byte[Delivery.CLASSES];
        /** What natexd delivered, what it left to the NAT process, and frames that came before their errors. */
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

    /** The guest network is a new one: its NAT process may be a different one. */
    void reset() {
        Arrays.fill(guests, null);
        watched = 0;
        Arrays.fill(relayed, false);
        Arrays.fill(logged, false);
    }

    private Guest guest(int address) {
        int number = Ipv4Address.lastOctet(address);
        Guest guest = guests[number];
        if (guest == null) {
            guest = new Guest();
            guests[number] = guest;
        }
        return guest;
    }

    /** Whether natexd leaves this error to the NAT process. If not, and natexd delivers it, call {@link #relays}. */
    boolean leavesToNat(Judgement error, long nowNanos) {
        delivery.of(error, nowNanos);
        Guest guest = guest(delivery.guest);
        if (guest.early.take(delivery) != null) {
            delivers(guest, delivery);
            return true;
        }
        if (guest.misses(delivery)[delivery.errorClass] != RELAYS) {
            // Without room it is not counted: a remembered error must get old enough to count as missed.
            if (!guest.left.isFull()) {
                guest.left.add(delivery);
                watched++;
            }
            return true;
        }
        return false;
    }

    /** natexd delivers the error about which {@link #leavesToNat} was last asked. */
    void relays() {
        relayed[delivery.errorClass] = true;
        guest(delivery.guest).relays.add(delivery);
    }

    /** A frame that carries an error to a guest was seen. */
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

    /** The sender of the frame is a guest that got an error itself: it forwards for another guest. */
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

    /** Counts errors that the NAT process did not deliver in time. */
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

    /** When {@link #tick} next has something to do; Long.MAX_VALUE if never. */
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

    /** Who delivers each class of errors: the NAT process, if it delivers them to any guest. */
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
