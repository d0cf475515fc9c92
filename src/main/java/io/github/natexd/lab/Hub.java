package io.github.natexd.lab;

import io.github.natexd.linux.emulation.Promiscuity;
import io.github.natexd.linux.emulation.Tap;
import io.github.natexd.linux.libc.EventFd;
import io.github.natexd.linux.libc.Poller;
import io.github.natexd.wire.EthernetFrame;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Emulates the vmnet driver: a true hub. Every frame goes to every port except the one it came from, in the order in
 * which the ports were opened. The host's port takes only frames addressed to it, unless it is promiscuous. Guests are
 * TAP devices in namespaces, and their kernels filter frames themselves.
 *
 * <p>The hub and the NAT process run in one thread, so every frame takes the same way.
 */
final class Hub implements AutoCloseable {
    /** Guests may send frames that are longer than the MTU. */
    private static final int FRAME_MAX = 9216 + EthernetFrame.LENGTH;
    /** The limit of frames taken from one port before the others' turn. */
    private static final int BATCH = 64;

    private static final int DESCRIPTORS = 16;
    /** The limit of frames that wait for a late host port; further frames are lost, as on any wire. */
    private static final int LATE_MAX = 65_536;

    private static final long GROUP_BIT = 1L << 40;

    private record Late(byte[] frame, long dueNanos) {}

    private final Tap host;
    private final List<Tap> guests;
    private final Promiscuity hostFilter;
    private final long delayNanos;
    private final NatProcess nat;
    private final Poller poller = new Poller(DESCRIPTORS);
    private final EventFd stop;
    private final ByteBuffer frame = ByteBuffer.allocateDirect(FRAME_MAX);
    private final ByteBuffer lateFrame = ByteBuffer.allocateDirect(FRAME_MAX);
    private final Queue<Late> late = new ArrayDeque<>();

    /** To be called in the host's namespace; the first TAP device is the host's interface. */
    Hub(LabOptions options, Tap host, List<Tap> guests, EventFd stop) {
        this.host = host;
        this.guests = guests;
        this.stop = stop;
        this.hostFilter = Promiscuity.of(Topology.GUEST_NETWORK_INTERFACE);
        this.delayNanos = options.egressFirstMillis() * 1_000_000L;
        poller.register(stop.descriptor());
        poller.register(host.descriptor());
        guests.forEach(guest -> poller.register(guest.descriptor()));
        poller.register(hostFilter.descriptor());
        this.nat = new NatProcess(options, this::fromNat, poller);
    }

    /** Serves the ports until {@code stop} is signalled. */
    void run() {
        while (!stop.drain()) {
            poller.poll(late.isEmpty() ? -1 : millisUntil(late.element().dueNanos));
            // News of the interface first: a port that has just become promiscuous must get every frame from now on.
            hostFilter.update();
            take(host);
            guests.forEach(this::take);
            nat.receive(poller);
            serveLate();
        }
    }

    private void take(Tap from) {
        for (int i = 0; i < BATCH; i++) {
            int length = from.read(frame);
            if (length == 0) {
                return;
            }
            if (delayNanos != 0) {
                nat.deliver(frame, length);
            }
            toPorts(from, frame, length);
            if (delayNanos == 0) {
                nat.deliver(frame, length);
            }
        }
    }

    private void fromNat(ByteBuffer octets, int length) {
        toPorts(null, octets, length);
    }

    private void toPorts(@Nullable Tap from, ByteBuffer octets, int length) {
        if (from != host && wantedByHost(octets)) {
            if (delayNanos == 0) {
                host.write(octets, 0, length);
            } else if (late.size() < LATE_MAX) {
                byte[] copy = new byte[length];
                octets.get(0, copy);
                late.add(new Late(copy, System.nanoTime() + delayNanos));
            }
        }
        for (Tap guest : guests) {
            if (guest != from) {
                guest.write(octets, 0, length);
            }
        }
    }

    private boolean wantedByHost(ByteBuffer octets) {
        long destination = octets.getLong(0) >>> 16;
        return hostFilter.promiscuous() || destination == Topology.HOST_MAC || (destination & GROUP_BIT) != 0;
    }

    private void serveLate() {
        while (!late.isEmpty() && late.element().dueNanos <= System.nanoTime()) {
            byte[] octets = late.remove().frame;
            lateFrame.put(0, octets);
            host.write(lateFrame, 0, octets.length);
        }
    }

    private static long millisUntil(long dueNanos) {
        return Math.max(0, (dueNanos - System.nanoTime() + 999_999) / 1_000_000);
    }

    @Override
    public void close() {
        nat.close();
        hostFilter.close();
    }
}
