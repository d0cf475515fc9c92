package io.github.natexd.relay;

import io.github.natexd.mapping.ReadProbe;
import io.github.natexd.report.NatDelivery;
import io.github.natexd.translate.Judgement;
import io.github.natexd.wire.EthernetFrame;
import io.github.natexd.wire.IcmpError;
import io.github.natexd.wire.Ipv4Address;
import io.github.natexd.wire.Ipv4Header;
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

    private static final byte MISSES_TO_RESUME = 3;

    private final @Nullable Guest[] guests = new Guest[Ipv4Address.LAST_OCTETS];
    private final boolean[] relayed = new boolean[Delivery.CLASSES];
    private final boolean[] logged = new boolean[Delivery.CLASSES];
    private final Delivery delivery = new Delivery();
    /** No error that is left to the NAT process is overdue before. */
    private long nextNanos = Long.MAX_VALUE;

    /** What natexd remembers about one guest. */
    private static final class Guest {
        /** How many more copied errors of each class the NAT process may miss in a row; 0 if natexd does not yield. */
        final byte[] copyPatience = new byte[Delivery.CLASSES];
        /** The same for moved errors. */
        final byte[] movePatience = new byte[Delivery.CLASSES];

        final Recent relayed = new Recent();
        final Recent left = new Recent();
        /** Frames that came before their errors, or without any. */
        final Recent frames = new Recent();

        byte[] patience(Delivery error) {
            return error.moved ? movePatience : copyPatience;
        }
    }

    /** The guest network is a new one: its NAT process may be a different one. */
    void reset() {
        Arrays.fill(guests, null);
        Arrays.fill(relayed, false);
        Arrays.fill(logged, false);
        nextNanos = Long.MAX_VALUE;
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

    /** Whether natexd leaves this error to the NAT process. */
    boolean leavesToNat(Judgement error, long nowNanos) {
        delivery.of(error, nowNanos);
        Guest guest = guest(error.guest);
        if (guest.frames.take(delivery) != null) {
            delivers(guest, delivery);
            return true;
        }
        boolean yields = guest.patience(delivery)[delivery.errorClass] > 0;
        // Without room it is not counted: a remembered error must get old enough to count as missed.
        if (yields && !guest.left.isFull()) {
            guest.left.add().of(error, nowNanos);
            nextNanos = Math.min(nextNanos, nowNanos + Delivery.RECENT_NANOS);
        }
        return yields;
    }

    /** The guest gets this error from natexd. */
    void relays(Judgement error, long nowNanos) {
        Delivery added = guest(error.guest).relayed.add().of(error, nowNanos);
        relayed[added.errorClass] = true;
    }

    /** A frame that carries an error to a guest was seen. */
    void seen(EthernetFrame frame, Ipv4Header header, IcmpError carried, ReadProbe quoted, long nowNanos) {
        delivery.of(frame, header, carried, quoted, nowNanos);
        if (isForwarded(delivery)) {
            return;
        }
        Guest guest = guest(delivery.guest);
        Delivery error = guest.left.take(delivery);
        if (error == null) {
            error = guest.relayed.take(delivery);
        }
        if (error != null) {
            delivers(guest, error);
        } else {
            guest.frames.add().of(frame, header, carried, quoted, nowNanos);
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
        int errorClass = error.errorClass;
        guest.copyPatience[errorClass] = MISSES_TO_RESUME;
        if (error.moved) {
            guest.movePatience[errorClass] = MISSES_TO_RESUME;
        }
        if (!logged[errorClass]) {
            logged[errorClass] = true;
            LOG.info(
                    "the NAT process delivers {} errors itself; natexd leaves them to it", Delivery.nameOf(errorClass));
        }
    }

    /** Counts errors that the NAT process did not deliver in time. */
    void tick(long nowNanos) {
        if (nowNanos <= nextNanos) {
            return;
        }
        nextNanos = Long.MAX_VALUE;
        for (Guest guest : guests) {
            if (guest != null) {
                countMissed(guest, nowNanos);
                nextNanos = Math.min(nextNanos, guest.left.nextNanos());
            }
        }
    }

    private static void countMissed(Guest guest, long nowNanos) {
        Delivery missed;
        while ((missed = guest.left.takeOverdue(nowNanos)) != null) {
            byte[] patience = guest.patience(missed);
            int errorClass = missed.errorClass;
            if (patience[errorClass] > 0 && --patience[errorClass] == 0) {
                LOG.debug(
                        "the NAT process does not deliver {} errors any more; natexd relays them",
                        Delivery.nameOf(errorClass));
            }
        }
    }

    /** When {@link #tick} next has something to do, or earlier; Long.MAX_VALUE if never. */
    long nextNanos() {
        return nextNanos;
    }

    /** Who delivers each class of errors: the NAT process, if it delivers them to any guest. */
    List<NatDelivery> deliveries() {
        List<NatDelivery> deliveries = new ArrayList<>();
        for (int errorClass = 0; errorClass < Delivery.CLASSES; errorClass++) {
            boolean byNat = false;
            for (Guest guest : guests) {
                byNat |= guest != null && (guest.copyPatience[errorClass] > 0 || guest.movePatience[errorClass] > 0);
            }
            deliveries.add(new NatDelivery(
                    Delivery.kindOf(errorClass), Delivery.protocolOf(errorClass), byNat, relayed[errorClass]));
        }
        return List.copyOf(deliveries);
    }
}
