package io.github.natexd.lab;

import io.github.natexd.linux.libc.EventFd;
import io.github.natexd.linux.libc.Poller;
import io.github.natexd.wire.Checksum;
import io.github.natexd.wire.EthernetFrame;
import io.github.natexd.wire.Ipv4Address;
import io.github.natexd.wire.Ipv4Header;
import io.github.natexd.wire.Protocol;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * TCP as in VMware's NAT process: the NAT terminates a guest's connection and makes its own connection to the
 * destination. A segment's TTL has no effect beyond the NAT; that is why traceroute over TCP cannot work.
 *
 * <p>A traceroute sees only the handshake: the NAT responds to a SYN as the destination has responded to the host, with
 * SYN and ACK or with a reset, or not at all. Nothing else is emulated: a guest that sends data gets a reset.
 *
 * <p>Everything runs in the hub's thread, except that each connection is made in its own thread, because that waits.
 */
final class TcpTermination implements AutoCloseable {
    /** A connection as the guest sees it. */
    private record Flow(int guest, int guestPort, int destination, int port) {}

    /** The host's side of a flow; {@code answer} is the flags of the response to the guest's SYN, 0 while unknown. */
    private static final class Connection {
        private final Socket socket = new Socket();
        private final long guestMac;
        private final int guestSequence;
        private final int ownSequence = (int) System.nanoTime();
        private int answer;

        Connection(long guestMac, int guestSequence) {
            this.guestMac = guestMac;
            this.guestSequence = guestSequence;
        }
    }

    private record Outcome(Flow flow, Connection connection, int answer) {}

    // The header (RFC 9293, section 3.1).
    private static final int SOURCE_PORT = 0;
    private static final int DESTINATION_PORT = 2;
    private static final int SEQUENCE = 4;
    private static final int ACKNOWLEDGED = 8;
    private static final int LENGTH_AND_FLAGS = 12;
    private static final int WINDOW = 14;
    private static final int CHECKSUM = 16;
    private static final int LENGTH = 20;

    private static final int FIN = 1;
    private static final int SYN = 2;
    private static final int RST = 4;
    private static final int ACK = 16;

    private static final int TTL = 64;
    private static final int CONNECTIONS_MAX = 256;
    private static final int CONNECT_MILLIS = 3000;

    private final NatProcess.Output output;
    private final Map<Flow, Connection> connections = new HashMap<>();
    private final Queue<Outcome> outcomes = new ConcurrentLinkedQueue<>();
    private final EventFd news = new EventFd();
    private final int place;
    /** The hub's thread starts these threads, so they are in the host's namespace, too. */
    private final ExecutorService connecting = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "connecting for a guest");
        thread.setDaemon(true);
        return thread;
    });

    private final ByteBuffer out = ByteBuffer.allocateDirect(EthernetFrame.LENGTH + Ipv4Header.MIN_LENGTH + LENGTH)
            .order(ByteOrder.BIG_ENDIAN);

    /** {@code poller} must have room for one more descriptor. */
    TcpTermination(NatProcess.Output output, Poller poller) {
        this.output = output;
        this.place = poller.register(news.descriptor());
    }

    /** Handles a segment of a guest. */
    void take(Ipv4Header ip, ByteBuffer frame, long guestMac) {
        int at = ip.transportOffset();
        if (ip.transportOctets() < LENGTH) {
            return;
        }
        int ports = frame.getInt(at + SOURCE_PORT);
        Flow flow = new Flow(ip.source(), ports >>> 16, ip.destination(), ports & 0xFFFF);
        Connection known = connections.get(flow);
        int word = frame.getShort(at + LENGTH_AND_FLAGS);
        int flags = word & (SYN | RST | FIN | ACK);
        int data = ip.transportOctets() - (word >>> 12 & 0x0F) * Integer.BYTES;
        if (flags == SYN) {
            synchronize(flow, known, guestMac, frame.getInt(at + SEQUENCE));
        } else if (known != null && (flags & RST) != 0) {
            forget(flow, known);
        } else if (known != null && (flags != ACK || data > 0)) {
            send(flow, guestMac, RST, frame.getInt(at + ACKNOWLEDGED), 0);
            forget(flow, known);
        }
    }

    private void synchronize(Flow flow, @Nullable Connection known, long guestMac, int sequence) {
        if (known != null) {
            answer(flow, known); // the guest has sent its SYN again
        } else if (connections.size() < CONNECTIONS_MAX) {
            Connection connection = new Connection(guestMac, sequence);
            connections.put(flow, connection);
            connecting.execute(() -> connect(flow, connection));
        }
    }

    private void connect(Flow flow, Connection connection) {
        int answer = 0;
        try {
            connection.socket.connect(
                    new InetSocketAddress(Ipv4Address.text(flow.destination), flow.port), CONNECT_MILLIS);
            answer = SYN | ACK;
        } catch (ConnectException e) {
            answer = RST | ACK;
        } catch (IOException e) {
            // The host got no response, so the guest gets none.
        }
        outcomes.add(new Outcome(flow, connection, answer));
        news.signal();
    }

    /** Responds to the guests whose destinations have responded. */
    void serve(Poller poller) {
        if (!poller.ready(place) || !news.drain()) {
            return;
        }
        for (Outcome outcome = outcomes.poll(); outcome != null; outcome = outcomes.poll()) {
            outcome.connection.answer = outcome.answer;
            answer(outcome.flow, outcome.connection);
            if (outcome.answer != (SYN | ACK)) {
                forget(outcome.flow, outcome.connection);
            }
        }
    }

    private void answer(Flow flow, Connection connection) {
        if (connection.answer != 0) {
            int sequence = connection.answer == (SYN | ACK) ? connection.ownSequence : 0;
            send(flow, connection.guestMac, connection.answer, sequence, connection.guestSequence + 1);
        }
    }

    private void send(Flow flow, long guestMac, int flags, int sequence, int acknowledged) {
        int total = Ipv4Header.MIN_LENGTH + LENGTH;
        int at = EthernetFrame.LENGTH + Ipv4Header.MIN_LENGTH;
        EthernetFrame.write(out, 0, guestMac, Topology.NAT_MAC, EthernetFrame.TYPE_IPV4);
        Ipv4Header.write(out, EthernetFrame.LENGTH, 0, total, 0, 0, TTL, Protocol.TCP, flow.destination, flow.guest);
        out.putShort(at + SOURCE_PORT, (short) flow.port).putShort(at + DESTINATION_PORT, (short) flow.guestPort);
        out.putInt(at + SEQUENCE, sequence).putInt(at + ACKNOWLEDGED, acknowledged);
        out.putShort(at + LENGTH_AND_FLAGS, (short) (LENGTH / Integer.BYTES << 12 | flags));
        out.putShort(at + WINDOW, (short) 0xFFFF).putInt(at + CHECKSUM, 0);
        int sum = Checksum.pseudoHeader(flow.destination, flow.guest, Protocol.TCP, LENGTH);
        sum = Checksum.add(sum, Checksum.sum(out, at, LENGTH));
        out.putShort(at + CHECKSUM, (short) Checksum.complement(sum));
        output.transmit(out, at + LENGTH);
    }

    private void forget(Flow flow, Connection connection) {
        connections.remove(flow, connection);
        close(connection);
    }

    private static void close(Connection connection) {
        try {
            connection.socket.close();
        } catch (IOException e) {
            // The connection is closed in any case.
        }
    }

    @Override
    public void close() {
        connections.values().forEach(TcpTermination::close); // pending connects fail at once
        connecting.shutdown();
        try {
            if (connecting.awaitTermination(CONNECT_MILLIS, TimeUnit.MILLISECONDS)) {
                news.close(); // if not, a thread may still signal, so the descriptor stays open
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
