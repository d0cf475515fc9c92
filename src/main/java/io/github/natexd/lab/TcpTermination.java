package io.github.natexd.lab;

import io.github.natexd.lab.TcpConnections.Arrival;
import io.github.natexd.lab.TcpConnections.Flow;
import io.github.natexd.linux.libc.EventFd;
import io.github.natexd.linux.libc.Poller;
import io.github.natexd.wire.EthernetFrame;
import io.github.natexd.wire.Ipv4Header;
import io.github.natexd.wire.Protocol;
import io.github.natexd.wire.TcpHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;

/**
 * TCP as in VMware's NAT process: the NAT terminates a guest's connection and makes its own connection to the target.
 * It copies data, not segments. The target sees the source port, TTL, IP ID and sequence numbers of the host's kernel,
 * and no keepalive or bare acknowledgment of a guest. That is why traceroute over TCP cannot work.
 *
 * <p>This class runs in the hub's thread: it reads guests' frames and sends frames to guests. The connections have
 * their own thread ({@link TcpConnections}). The queues between the two are bounded; what does not fit is lost, as on a
 * wire.
 */
final class TcpTermination implements AutoCloseable {
    private static final int TTL = 64;
    private static final int FRAMES_MAX = 65_536;
    private static final long JOIN_MILLIS = 3000;
    private static final int SEGMENT_OFFSET = EthernetFrame.LENGTH + Ipv4Header.MIN_LENGTH;
    private static final int FRAME_MAX = SEGMENT_OFFSET + TcpHeader.MIN_LENGTH + GuestConnection.MAXIMUM_SEGMENT;

    private final NatProcess.Output output;
    private final LinkedBlockingQueue<byte[]> frames = new LinkedBlockingQueue<>(FRAMES_MAX);
    private final List<byte[]> batch = new ArrayList<>();
    private final EventFd news = new EventFd();
    private final int place;
    private final TcpConnections connections = new TcpConnections(this::send);
    private final Thread thread = new Thread(connections, "TCP connections of guests");

    private final TcpHeader arriving = new TcpHeader();
    private final ByteBuffer out = ByteBuffer.allocateDirect(FRAME_MAX);

    /** Of the connections' thread. */
    private final TcpHeader leaving = new TcpHeader();

    private int nextId = ThreadLocalRandom.current().nextInt(0x10000);

    /** To be called in the host's namespace; {@code poller} has room for one descriptor more. */
    TcpTermination(NatProcess.Output output, Poller poller) {
        this.output = output;
        this.place = poller.register(news.descriptor());
        thread.setDaemon(true);
        thread.start(); // It inherits the host's namespace, so its sockets are in that namespace, too.
    }

    /** Takes a guest's segment; drops it if its checksum is wrong. */
    void take(Ipv4Header ip, ByteBuffer frame, long guestMac) {
        arriving.over(frame, ip.transportOffset(), ip.transportOctets());
        if (!arriving.check() || !arriving.checksumOk(ip.source(), ip.destination())) {
            return;
        }
        byte[] data = new byte[arriving.dataOctets()];
        frame.get(arriving.dataOffset(), data);
        Flow flow = new Flow(ip.source(), arriving.sourcePort(), ip.destination(), arriving.destinationPort());
        connections.offer(new Arrival(
                flow,
                guestMac,
                new Segment(
                        arriving.sequence(),
                        arriving.acknowledged(),
                        arriving.flags(),
                        arriving.window(),
                        arriving.maximumSegment(),
                        ByteBuffer.wrap(data))));
    }

    /** Sends the frames that wait for guests. */
    void serve(Poller poller) {
        if (poller.ready(place) && news.drain()) {
            frames.drainTo(batch);
            batch.forEach(frame -> output.transmit(out.put(0, frame), frame.length));
            batch.clear();
        }
    }

    /** Called in the connections' thread. */
    private void send(Flow flow, long guestMac, Segment segment) {
        int headerLength = TcpHeader.MIN_LENGTH + (segment.maximumSegment() == 0 ? 0 : Integer.BYTES);
        ByteBuffer data = segment.data();
        int length = headerLength + data.remaining();
        ByteBuffer frame = ByteBuffer.allocate(SEGMENT_OFFSET + length);
        EthernetFrame.write(frame, 0, guestMac, Topology.NAT_MAC, EthernetFrame.TYPE_IPV4);
        Ipv4Header.write(
                frame,
                EthernetFrame.LENGTH,
                0,
                Ipv4Header.MIN_LENGTH + length,
                freshId(),
                0,
                TTL,
                Protocol.TCP,
                flow.target(),
                flow.guest());
        TcpHeader.write(
                frame,
                SEGMENT_OFFSET,
                flow.port(),
                flow.guestPort(),
                segment.sequence(),
                segment.acknowledged(),
                segment.flags(),
                segment.window(),
                segment.maximumSegment());
        frame.put(SEGMENT_OFFSET + headerLength, data, data.position(), data.remaining());
        leaving.over(frame, SEGMENT_OFFSET, length).computeChecksum(flow.target(), flow.guest());
        if (frames.offer(frame.array())) {
            news.signal();
        }
    }

    private int freshId() {
        nextId = nextId % 0xFFFF + 1;
        return nextId;
    }

    @Override
    public void close() {
        connections.stop();
        try {
            thread.join(JOIN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!thread.isAlive()) {
            news.close(); // otherwise the thread may still signal, so the descriptor stays open
        }
    }
}
