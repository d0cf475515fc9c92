package io.github.natexd.cli.capture;

import io.github.natexd.linux.libc.Poller;
import io.github.natexd.linux.netlink.Interfaces;
import io.github.natexd.linux.netlink.Links;
import io.github.natexd.linux.packet.CaptureSocket;
import io.github.natexd.linux.packet.PacketFilter;
import io.github.natexd.wire.EthernetFrame;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Captures from two sockets to a file: the frames of the guest network as they are, and the packets of all other
 * interfaces behind a Linux cooked header. A packet that passes a port of a bridge passes the bridge too, but is
 * written only once; loopback packets are not written. Packets wait a moment, so that the file has them in the order
 * of the kernel's timestamps.
 */
public final class LiveCapture {
    private static final String LOOPBACK = "lo";
    private static final long TURN_MILLIS = 100;
    private static final long ORDERING_NANOS = 200_000_000;
    /** The limit of packets that wait to be sorted; beyond it, the oldest is written at once. */
    private static final int ORDERING_LIMIT = 8192;
    /** The limit of packets read from one socket before the other socket's turn. */
    private static final int TURN_PACKETS = 1024;

    private static final int COOKED_LENGTH = 20;
    private static final long NANOS_OF_SECOND = 1_000_000_000;

    private record Held(long nanos, long number, int interfaceNumber, byte[] octets, int originalLength, boolean out) {}

    private final CaptureSocket guestNetwork;
    private final CaptureSocket others;
    private final Poller poller = new Poller(2);
    private final Set<Integer> skipped;
    private final PcapngWriter writer;
    private final int guestNetworkNumber;
    private final int othersNumber;
    private final PriorityQueue<Held> held =
            new PriorityQueue<>(Comparator.comparingLong(Held::nanos).thenComparingLong(Held::number));
    private long packets;
    private long ofGuestNetwork;
    private volatile boolean stopped;

    /** The sockets; opened before the file is created, because a permission or the interface may be missing. */
    public record Sockets(CaptureSocket guestNetwork, CaptureSocket others) implements AutoCloseable {
        /**
         * Makes the interface promiscuous only if it is not yet (a running natexd has done so): each change notifies
         * all rtnetlink listeners, among them the NAT process.
         */
        public static Sockets open(String interfaceName, PacketFilter filter) {
            boolean joined = Links.named(interfaceName)
                    .filter(link -> link.promiscuity() > 0)
                    .isPresent();
            CaptureSocket guestNetwork = CaptureSocket.on(interfaceName, !joined, filter);
            try {
                return new Sockets(guestNetwork, CaptureSocket.onAll(filter));
            } catch (RuntimeException e) {
                guestNetwork.close();
                throw e;
            }
        }

        @Override
        public void close() {
            guestNetwork.close();
            others.close();
        }
    }

    public LiveCapture(PcapngWriter writer, Sockets sockets, String interfaceName) throws IOException {
        this.writer = writer;
        guestNetwork = sockets.guestNetwork();
        others = sockets.others();
        int guestNetworkIndex = Interfaces.index(interfaceName);
        skipped = Links.all().stream()
                .filter(link -> link.enslaved()
                        || link.index() == guestNetworkIndex
                        || link.name().equals(LOOPBACK))
                .map(Links.Link::index)
                .collect(Collectors.toUnmodifiableSet());
        guestNetworkNumber = writer.addInterface(LinkLayer.ETHERNET, CaptureSocket.SNAP_LENGTH, interfaceName);
        othersNumber = writer.addInterface(LinkLayer.COOKED_2, CaptureSocket.SNAP_LENGTH + COOKED_LENGTH, "any");
        poller.register(guestNetwork.descriptor());
        poller.register(others.descriptor());
    }

    /** Captures until a limit is reached, {@link #stop} is called or the guest network disappears. */
    public void run(long limitNanos, long limitPackets) throws IOException {
        long begin = System.nanoTime();
        while (!stopped
                && !guestNetwork.isGone()
                && packets + held.size() < limitPackets
                && System.nanoTime() - begin < limitNanos) {
            poller.poll(TURN_MILLIS);
            read(guestNetwork, limitPackets);
            read(others, limitPackets);
            write(now() - ORDERING_NANOS);
        }
        write(Long.MAX_VALUE);
    }

    /** Makes {@link #run} end soon; may be called from any thread. */
    public void stop() {
        stopped = true;
    }

    /** Whether the capture ended because the guest network's interface disappeared. */
    public boolean guestNetworkGone() {
        return guestNetwork.isGone();
    }

    public long packets() {
        return packets;
    }

    long ofGuestNetwork() {
        return ofGuestNetwork;
    }

    private void read(CaptureSocket socket, long limitPackets) throws IOException {
        for (int turn = 0; turn < TURN_PACKETS && packets + held.size() < limitPackets && socket.receive(); turn++) {
            if (socket == guestNetwork) {
                hold(socket, guestNetworkNumber, copy(socket, 0), 0);
            } else if (!skipped.contains(socket.interfaceIndex())) {
                hold(socket, othersNumber, cooked(socket), COOKED_LENGTH);
            }
        }
    }

    private void hold(CaptureSocket socket, int interfaceNumber, byte[] octets, int headerLength) throws IOException {
        long nanos = socket.nanos() != 0 ? socket.nanos() : now();
        held.add(new Held(
                nanos,
                packets + held.size(),
                interfaceNumber,
                octets,
                headerLength + socket.originalLength(),
                socket.outgoing()));
        if (held.size() > ORDERING_LIMIT) {
            writeOldest();
        }
    }

    private void write(long untilNanos) throws IOException {
        while (!held.isEmpty() && held.peek().nanos() <= untilNanos) {
            writeOldest();
        }
        writer.flush();
    }

    private void writeOldest() throws IOException {
        Held packet = held.remove();
        writer.add(packet.interfaceNumber(), packet.nanos(), packet.octets(), packet.originalLength(), packet.out());
        packets++;
        ofGuestNetwork += packet.interfaceNumber() == guestNetworkNumber ? 1 : 0;
    }

    private static byte[] copy(CaptureSocket socket, int headerLength) {
        byte[] octets = new byte[headerLength + socket.length()];
        socket.octets().get(0, octets, headerLength, socket.length());
        return octets;
    }

    /** Prepends the Linux cooked header that {@link LinkLayer} shows. */
    private static byte[] cooked(CaptureSocket socket) {
        byte[] octets = copy(socket, COOKED_LENGTH);
        ByteBuffer.wrap(octets)
                .putShort((short) EthernetFrame.TYPE_IPV4)
                .putShort((short) 0)
                .putInt(socket.interfaceIndex())
                .putShort((short) socket.hardwareType())
                .put((byte) socket.packetType())
                .put((byte) socket.addressLength())
                .putLong(socket.address());
        return octets;
    }

    private static long now() {
        Instant now = Instant.now();
        return now.getEpochSecond() * NANOS_OF_SECOND + now.getNano();
    }
}
