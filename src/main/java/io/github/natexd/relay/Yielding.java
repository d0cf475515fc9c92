package io.github.natexd.relay;

import io.github.natexd.translate.Judgement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Steps back where the NAT process delivers errors to guests itself. A frame that looks like such a delivery proves nothing,
 * since guests can forge it; one that matches an error that natexd itself was handed within a second does. Then natexd leaves
 * this class of errors to the NAT process, for this guest alone, until three matched errors in a row were not delivered.
 */
final class Yielding {
    private static final Logger LOG = LoggerFactory.getLogger(Yielding.class);

    private static final int GUESTS = 256;
    private static final int MISSES_TO_RESUME = 3;
    private static final long DELIVERY_NANOS = 1_000_000_000;

    /** Of each guest and class: the misses in a row, or that natexd does not yield. */
    private final byte[] misses = new byte[GUESTS * Delivery.CLASSES];

    private static final byte RELAYS = -1;

    private final boolean[] relayed = new boolean[Delivery.CLASSES];
    private final boolean[] logged = new boolean[Delivery.CLASSES];
    private final Delivery delivery = new Delivery();
    /** What natexd relayed, what it left to the NAT process, and frames seen before their errors. */
    private final Recent relays = new Recent();

    private final Recent left = new Recent();
    private final Recent early = new Recent();

    /** The newest deliveries, a bounded number. */
    private static final class Recent {
        private static final int LIMIT = 64;

        private final Delivery[] entries = new Delivery[LIMIT];
        /** The entry is in use. */
        private final boolean[] present = new boolean[LIMIT];

        private int count;
        private int next;

        Recent() {
            Arrays.setAll(entries, i -> new Delivery());
        }

        /** The oldest one makes room. */
        void add(Delivery added) {
            count += present[next] ? 0 : 1;
            present[next] = true;
            entries[next].copyOf(added);
            next = (next + 1) % LIMIT;
        }

        /** Takes out one that is the same and came within the time of a delivery; returns whether there was one. */
        boolean take(Delivery same) {
            for (int i = 0; count > 0 && i < LIMIT; i++) {
                if (present[i] && same.nanos - entries[i].nanos <= DELIVERY_NANOS && entries[i].isSame(same)) {
                    remove(i);
                    return true;
                }
            }
            return false;
        }

        void remove(int i) {
            present[i] = false;
            count--;
        }

        void clear() {
            Arrays.fill(present, false);
            count = 0;
        }
    }

    Yielding() {
        reset();
    }

    /** The guest network was re-created: whatever its NAT process was, this is another one. */
    void reset() {
        Arrays.fill(misses, RELAYS);
        Arrays.fill(relayed, false);
        Arrays.fill(logged, false);
        relays.clear();
        left.clear();
        early.clear();
    }

    /** Whether the NAT process delivers this error of a guest's. If not, natexd does. */
    boolean leavesToNat(Judgement error, long nowNanos) {
        delivery.of(error, nowNanos);
        if (early.take(delivery)) {
            delivers(delivery);
            return true;
        }
        if (misses[at(delivery)] != RELAYS) {
            left.add(delivery);
            return true;
        }
        relayed[delivery.errorClass] = true;
        relays.add(delivery);
        return false;
    }

    /** A frame with an error was seen on its way to a guest. */
    void seen(Delivery frame) {
        if (left.take(frame) || relays.take(frame)) {
            delivers(frame);
        } else {
            early.add(frame);
        }
    }

    private void delivers(Delivery by) {
        misses[at(by)] = 0;
        if (!logged[by.errorClass]) {
            logged[by.errorClass] = true;
            LOG.info("the NAT process delivers {} errors itself; natexd leaves them to it", by.kindName());
        }
    }

    private static int at(Delivery delivery) {
        return (delivery.guest & 0xff) * Delivery.CLASSES + delivery.errorClass;
    }

    /** Counts what the NAT process did not deliver in time. */
    void tick(long nowNanos) {
        for (int i = 0; left.count > 0 && i < Recent.LIMIT; i++) {
            Delivery missed = left.entries[i];
            if (!left.present[i] || nowNanos - missed.nanos <= DELIVERY_NANOS) {
                continue;
            }
            left.remove(i);
            int at = at(missed);
            if (misses[at] != RELAYS && ++misses[at] >= MISSES_TO_RESUME) {
                misses[at] = RELAYS;
                LOG.debug("the NAT process does not deliver {} errors any more; natexd relays them", missed.kindName());
            }
        }
    }

    /** When {@link #tick} has something to do again, or Long.MAX_VALUE. */
    long nextNanos() {
        long next = Long.MAX_VALUE;
        for (int i = 0; left.count > 0 && i < Recent.LIMIT; i++) {
            if (left.present[i]) {
                next = Math.min(next, left.entries[i].nanos + DELIVERY_NANOS);
            }
        }
        return next;
    }

    /** Who delivers what, class by class: the NAT process does if it does to some guest. */
    List<NatDelivery> deliveries() {
        List<NatDelivery> deliveries = new ArrayList<>();
        for (int errorClass = 0; errorClass < Delivery.CLASSES; errorClass++) {
            boolean byNat = false;
            for (int guest = 0; guest < GUESTS; guest++) {
                byNat |= misses[guest * Delivery.CLASSES + errorClass] != RELAYS;
            }
            deliveries.add(new NatDelivery(
                    Delivery.kindOf(errorClass).text(), Delivery.protocolOf(errorClass), byNat, relayed[errorClass]));
        }
        return List.copyOf(deliveries);
    }
}
