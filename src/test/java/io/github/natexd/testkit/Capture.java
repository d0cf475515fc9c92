package io.github.natexd.testkit;

import io.github.natexd.lab.Lab;
import io.github.natexd.lab.Node;
import io.github.natexd.linux.emulation.Namespace;
import io.github.natexd.linux.libc.Poller;
import io.github.natexd.linux.packet.PacketSocket;
import io.github.natexd.wire.EthernetFrame;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/**
 * Captures everything that passes an interface of a lab's node, from the moment {@link #on} returns. The socket makes
 * the interface promiscuous, which has an effect on the host's port of the hub.
 */
public final class Capture implements AutoCloseable {
    /** One frame; {@code outgoing}: the node itself sent it; {@code nanos}: since 1970, by the kernel's clock. */
    public record Frame(byte[] octets, boolean outgoing, long nanos) {
        /** The IPv4 packet in the frame, without the padding of short frames. */
        public byte[] packet() {
            int length = ByteBuffer.wrap(octets).getShort(EthernetFrame.LENGTH + 2) & 0xFFFF;
            return Arrays.copyOfRange(octets, EthernetFrame.LENGTH, EthernetFrame.LENGTH + length);
        }

        boolean isIpv4() {
            return (ByteBuffer.wrap(octets).getShort(12) & 0xFFFF) == EthernetFrame.TYPE_IPV4;
        }
    }

    private static final long STEP_MILLIS = 50;
    /** How long a packet may take from the kernel's queue to the list. */
    private static final long SETTLE_MILLIS = 200;

    private final List<Frame> frames = new CopyOnWriteArrayList<>();
    private final PacketSocket socket;
    private final Thread reader;
    private volatile boolean stopped;

    private Capture(PacketSocket socket) {
        this.socket = socket;
        socket.time(true);
        this.reader = new Thread(this::read, "capture");
        reader.setDaemon(true);
        reader.start();
    }

    public static Capture on(Lab lab, Node node, String interfaceName) {
        return new Capture(Namespace.call(lab.namespace(node), () -> PacketSocket.openUnfiltered(interfaceName)));
    }

    /** Captures only ICMP errors, and probes with a TTL of at most {@code maxTtl}. */
    public static Capture ofProbes(Lab lab, Node node, String interfaceName, int maxTtl) {
        return new Capture(Namespace.call(lab.namespace(node), () -> PacketSocket.open(interfaceName, maxTtl)));
    }

    private void read() {
        Poller poller = new Poller(1);
        poller.register(socket.descriptor());
        while (!stopped) {
            poller.poll(STEP_MILLIS);
            int received = socket.receive();
            for (int i = 0; i < received; i++) {
                byte[] octets = new byte[socket.length(i)];
                socket.buffer(i).get(socket.offset(i), octets);
                frames.add(new Frame(octets, socket.outgoing(i), socket.arrivedEpochNanos(i)));
            }
        }
    }

    /** The IPv4 frames so far; waits a moment for those under way. */
    public List<Frame> frames() {
        try {
            Thread.sleep(SETTLE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return frames.stream().filter(Frame::isIpv4).toList();
    }

    /** The IPv4 packets that the node received and that {@code wanted} accepts. */
    public List<byte[]> incoming(Predicate<byte[]> wanted) {
        return frames().stream()
                .filter(frame -> !frame.outgoing())
                .map(Frame::packet)
                .filter(wanted)
                .toList();
    }

    /** The IPv4 packets that the node sent and that {@code wanted} accepts. */
    public List<byte[]> outgoing(Predicate<byte[]> wanted) {
        return frames().stream()
                .filter(Frame::outgoing)
                .map(Frame::packet)
                .filter(wanted)
                .toList();
    }

    @Override
    public void close() {
        stopped = true;
        try {
            reader.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        socket.close();
    }
}
