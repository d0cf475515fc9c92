package io.github.natexd.relay;

import io.github.natexd.wire.IcmpError;
import io.github.natexd.wire.Protocol;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Steps back where the NAT process hands errors to guests itself. Per class of errors (type and quoted protocol): one
 * error seen coming from the NAT makes natexd accept that class; three matched errors in a row that the NAT did not
 * deliver within a second make it relay them again.
 */
final class Yielding {
    private static final Logger LOG = LoggerFactory.getLogger(Yielding.class);

    private static final int CLASSES = 8;
    private static final int MISSES_TO_RESUME = 3;
    private static final long DELIVERY_NANOS = 1_000_000_000;
    /** Accepted errors whose delivery by the NAT is watched at a time. */
    private static final int WATCHED_LIMIT = 64;

    private static final int[] ERROR_TYPES = {
        IcmpError.TYPE_TIME_EXCEEDED, IcmpError.TYPE_DESTINATION_UNREACHABLE, IcmpError.TYPE_PARAMETER_PROBLEM
    };
    private static final int[] PROBE_PROTOCOLS = {Protocol.UDP, Protocol.ICMP};

    private final boolean[] yielding = new boolean[CLASSES];
    private final boolean[] relayed = new boolean[CLASSES];
    private final int[] misses = new int[CLASSES];
    private final int[] watchedClass = new int[WATCHED_LIMIT];
    private final int[] watchedGuest = new int[WATCHED_LIMIT];
    private final int[] watchedReporter = new int[WATCHED_LIMIT];
    private final int[] watchedPorts = new int[WATCHED_LIMIT];
    private final long[] watchedNanos = new long[WATCHED_LIMIT];
    private final boolean[] watched = new boolean[WATCHED_LIMIT];
    private int watchedCount;
    private final Deliveries early = new Deliveries();

    /** The guest network was re-created: whatever its NAT process was, this is another one. */
    void reset() {
        for (int i = 0; i < CLASSES; i++) {
            yielding[i] = false;
            relayed[i] = false;
            misses[i] = 0;
        }
        for (int i = 0; i < WATCHED_LIMIT; i++) {
            watched[i] = false;
        }
        watchedCount = 0;
        early.clear();
    }

    /** Both of the guest's ports in one number, or identifier and sequence. */
    static int ports(int guestPort, int destinationPort) {
        return guestPort << 16 | destinationPort;
    }

    boolean yields(int errorType, int probeProtocol) {
        return yielding[classOf(errorType, probeProtocol)];
    }

    /** natexd delivers an error of this class. */
    void relays(int errorType, int probeProtocol) {
        relayed[classOf(errorType, probeProtocol)] = true;
    }

    /** Who delivers what, class by class. */
    List<NatDelivery> deliveries() {
        List<NatDelivery> deliveries = new ArrayList<>();
        for (int type : ERROR_TYPES) {
            for (int protocol : PROBE_PROTOCOLS) {
                int errorClass = classOf(type, protocol);
                deliveries.add(new NatDelivery(type, protocol, yielding[errorClass], relayed[errorClass]));
            }
        }
        return List.copyOf(deliveries);
    }

    /** An error was accepted in favour of the NAT process: watch whether it arrives. */
    void accepted(int errorType, int probeProtocol, int guest, int reporter, int ports, long nowNanos) {
        int errorClass = classOf(errorType, probeProtocol);
        if (early.remove(errorClass, guest, reporter, ports, nowNanos - DELIVERY_NANOS)) {
            return;
        }
        for (int i = 0; i < WATCHED_LIMIT; i++) {
            if (!watched[i]) {
                watched[i] = true;
                watchedCount++;
                watchedClass[i] = errorClass;
                watchedGuest[i] = guest;
                watchedReporter[i] = reporter;
                watchedPorts[i] = ports;
                watchedNanos[i] = nowNanos;
                return;
            }
        }
    }

    /** The NAT process was seen handing an error to a guest. */
    void delivered(int errorType, int probeProtocol, int guest, int reporter, int ports, long nowNanos) {
        int errorClass = classOf(errorType, probeProtocol);
        if (!yielding[errorClass]) {
            yielding[errorClass] = true;
            LOG.info("the NAT process delivers {} itself: natexd leaves these to it", name(errorClass));
        }
        misses[errorClass] = 0;
        for (int i = 0; i < WATCHED_LIMIT; i++) {
            if (watched[i]
                    && watchedClass[i] == errorClass
                    && watchedGuest[i] == guest
                    && watchedReporter[i] == reporter
                    && watchedPorts[i] == ports) {
                watched[i] = false;
                watchedCount--;
                return;
            }
        }
        early.add(errorClass, guest, reporter, ports, nowNanos);
    }

    /** Counts what the NAT process did not deliver in time. */
    void tick(long nowNanos) {
        for (int i = 0; watchedCount > 0 && i < WATCHED_LIMIT; i++) {
            if (watched[i] && nowNanos - watchedNanos[i] > DELIVERY_NANOS) {
                watched[i] = false;
                watchedCount--;
                int errorClass = watchedClass[i];
                if (yielding[errorClass] && ++misses[errorClass] >= MISSES_TO_RESUME) {
                    yielding[errorClass] = false;
                    misses[errorClass] = 0;
                    LOG.info("the NAT process does not deliver {} any more: natexd relays them", name(errorClass));
                }
            }
        }
    }

    /** When {@link #tick} has something to do again, or Long.MAX_VALUE. */
    long nextNanos() {
        long next = Long.MAX_VALUE;
        for (int i = 0; watchedCount > 0 && i < WATCHED_LIMIT; i++) {
            if (watched[i]) {
                next = Math.min(next, watchedNanos[i] + DELIVERY_NANOS);
            }
        }
        return next;
    }

    private static int classOf(int errorType, int probeProtocol) {
        int byType =
                switch (errorType) {
                    case IcmpError.TYPE_TIME_EXCEEDED -> 0;
                    case IcmpError.TYPE_DESTINATION_UNREACHABLE -> 1;
                    case IcmpError.TYPE_PARAMETER_PROBLEM -> 2;
                    default -> 3;
                };
        return byType << 1 | (probeProtocol == Protocol.UDP ? 1 : 0);
    }

    private static String name(int errorClass) {
        String error =
                switch (errorClass >>> 1) {
                    case 0 -> "Time Exceeded";
                    case 1 -> "Destination Unreachable";
                    case 2 -> "Parameter Problem";
                    default -> "other errors";
                };
        return error + ((errorClass & 1) == 1 ? " for UDP" : " for echo requests");
    }
}
