package io.github.natexd.relay;

import io.github.natexd.report.NatDelivery;
import io.github.natexd.translate.Judgement;
import io.github.natexd.wire.Ipv4Address;
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
    private static final byte MISSES_TO_RESUME = 3;

    private final @Nullable Guest[] guests = new Guest[Ipv4Address.LAST_OCTETS];
    private final boolean[] relayed = new boolean[NatDelivery.CLASSES];
    private final boolean[] logged = new boolean[NatDelivery.CLASSES];
    private final Delivery delivery = new Delivery();

    /** What natexd remembers about one guest. */
    private static final class Guest {
        /** How many misses in a row make natexd resume, for each class of copied and of moved errors; 0 if it relays. */
        final byte[] patience = new byte[2 * NatDelivery.CLASSES];

        final Recent relayed = new Recent();
        final Recent left = new Recent();
        /** Frames that matched nothing: the error may come later. */
        final Recent frames = new Recent();
    }

    /** The guest network is a new one: its NAT process may be a different one. */
    void reset() {
        Arrays.fill(guests, null);
        Arrays.fill(relayed, false);
        Arrays.fill(logged, false);
    }

    /** What natexd remembers about a guest, including what the NAT process has not delivered since. */
    private Guest guest(int address, long nowNanos) {
        int number = Ipv4Address.lastOctet(address);
        Guest guest = guests[number] == null ? new Guest() : guests[number];
        guests[number] = guest;
        countMissed(guest, nowNanos);
        return guest;
    }

    /** Whether natexd leaves this error to the NAT process. If not, and natexd delivers it, call {@link #relays}. */
    boolean leavesToNat(Judgement error, long nowNanos) {
        Guest guest = guest(error.guest, nowNanos);
        delivery.of(error, nowNanos);
        if (guest.frames.take(delivery) != null) {
            delivers(guest, delivery);
            return true;
        }
        boolean yields = guest.patience[delivery.movedClass] > 0;
        // Without room it is not counted: a remembered error must get old enough to count as missed.
        if (yields && !guest.left.isFull()) {
            guest.left.add().of(error, nowNanos);
        }
        return yields;
    }

    void relays(Judgement error, long nowNanos) {
        Delivery added = guest(error.guest, nowNanos).relayed.add().of(error, nowNanos);
        relayed[added.errorClass] = true;
    }

    /** A frame that carries an error to a guest was seen. */
    void seen(Judgement frame, long nowNanos) {
        delivery.of(frame, nowNanos);
        if (isForwarded(delivery)) {
            return;
        }
        Guest guest = guest(frame.guest, nowNanos);
        Delivery left = guest.left.take(delivery);
        Delivery error = left != null ? left : guest.relayed.take(delivery);
        if (error != null) {
            delivers(guest, error);
        } else {
            guest.frames.add().of(frame, nowNanos);
        }
    }

    /** The sender of the frame is a guest that got an error itself: it forwards for another guest. */
    private boolean isForwarded(Delivery frame) {
        for (Guest guest : guests) {
            if (guest != null && guest.relayed.hasGoneTo(frame.gatewayMac, frame.nanos)) {
                return true;
            }
        }
        return false;
    }

    private void delivers(Guest guest, Delivery error) {
        guest.patience[error.errorClass] = MISSES_TO_RESUME;
        guest.patience[error.movedClass] = MISSES_TO_RESUME;
        if (!logged[error.errorClass]) {
            logged[error.errorClass] = true;
            LOG.info(
                    "the NAT process delivers {} errors itself; natexd leaves them to it",
                    NatDelivery.nameOf(error.errorClass));
        }
    }

    /** Counts the errors that the NAT process did not deliver in time. */
    private static void countMissed(Guest guest, long nowNanos) {
        while (guest.left.hasOverdue(nowNanos)) {
            Delivery error = guest.left.remove(0);
            if (guest.patience[error.movedClass] > 0 && --guest.patience[error.movedClass] == 0) {
                LOG.debug(
                        "the NAT process does not deliver {} errors any more; natexd relays them",
                        NatDelivery.nameOf(error.errorClass));
            }
        }
    }

    /** Who delivers each class of errors: the NAT process, if it delivers them to any guest. */
    List<NatDelivery> deliveries(long nowNanos) {
        for (Guest guest : guests) {
            if (guest != null) {
                countMissed(guest, nowNanos);
            }
        }
        NatDelivery[] deliveries = new NatDelivery[NatDelivery.CLASSES];
        for (int i = 0; i < deliveries.length; i++) {
            boolean byNat = false;
            for (Guest guest : guests) {
                byNat |= guest != null && (guest.patience[i] > 0 || guest.patience[i + NatDelivery.CLASSES] > 0);
            }
            deliveries[i] = NatDelivery.of(i, byNat, relayed[i]);
        }
        return List.of(deliveries);
    }
}
