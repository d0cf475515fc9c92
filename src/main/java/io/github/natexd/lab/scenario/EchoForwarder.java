package io.github.natexd.lab.scenario;

import io.github.natexd.linux.emulation.Inet4Socket;
import io.github.natexd.linux.emulation.Tap;
import io.github.natexd.linux.libc.Poller;
import io.github.natexd.wire.IcmpEcho;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Forwards the echo requests that the kernel sends into a TUN device, by ICMP sockets of its own, and the replies back
 * into the device. The kernel gives each socket an identifier; the sequence stays. The sockets must be bound to the
 * uplink: to the kernel, what an unbound one sends is another packet for the TUN device.
 */
final class EchoForwarder implements Worker.Part {
    /** How often a request is sent at most; if it comes back once more, it is dropped. */
    static final int PASSES_MAX = 8;

    private static final int NO_DESCRIPTOR = -1;
    private static final long NANOS_OF_MILLI = 1_000_000;

    private final Tap tun;
    private final @Nullable String uplink;
    private final EchoEntries entries = new EchoEntries();
    private final @Nullable Inet4Socket[] sockets = new @Nullable Inet4Socket[EchoEntries.FLOWS_MAX];
    private final EchoEntries.@Nullable Flow[] owners = new EchoEntries.@Nullable Flow[EchoEntries.FLOWS_MAX];
    private final int[] identifiers = new int[EchoEntries.FLOWS_MAX];
    private final int[] places = new int[EchoEntries.FLOWS_MAX];
    private final EchoPacket packet = new EchoPacket();
    private @Nullable Poller poller;
    private volatile int waiting;
    private volatile int waitingMost;
    private volatile int opened;
    private volatile int returned;
    private volatile int dropped;

    /** @param uplink the interface to which the sockets are bound; null: none */
    EchoForwarder(Tap tun, @Nullable String uplink) {
        this.tun = tun;
        this.uplink = uplink;
    }

    /** Requests that wait for their replies. */
    int waiting() {
        return waiting;
    }

    /** The most that have ever waited at a time. */
    int waitingMost() {
        return waitingMost;
    }

    /** Sockets that are open. */
    int sockets() {
        return opened;
    }

    /** How often a request that was sent came back. */
    int returned() {
        return returned;
    }

    /** Requests that were dropped: they came back too often, or there was no place for them. */
    int dropped() {
        return dropped;
    }

    @Override
    public void register(Poller given) {
        poller = given;
        given.register(tun.descriptor());
        for (int place = 0; place < places.length; place++) {
            places[place] = given.register(NO_DESCRIPTOR);
        }
    }

    @Override
    public long turn() {
        ByteBuffer buffer = packet.buffer();
        for (int length = tun.read(buffer); length > 0; length = tun.read(buffer)) {
            if (packet.check(length) && packet.type() == IcmpEcho.TYPE_REQUEST) {
                forward();
            }
        }
        for (int place = 0; place < sockets.length; place++) {
            Inet4Socket socket = sockets[place];
            if (socket != null) {
                takeReplies(place, socket);
            }
        }
        long left = entries.expire(System.nanoTime());
        waiting = entries.size();
        return left < 0 ? WHEN_THERE_IS_INPUT : left / NANOS_OF_MILLI + 1;
    }

    private void forward() {
        int own = ownPlace(packet.identifier());
        if (own >= 0) {
            returned = returned + 1;
            int passes = entries.passAgain(own, packet.sequence());
            if (passes == 0 || passes > PASSES_MAX) {
                dropped = dropped + 1;
            } else {
                send(own);
            }
            return;
        }
        EchoEntries.Flow flow = new EchoEntries.Flow(packet.source(), packet.identifier());
        int place = entries.place(flow);
        if (place < 0 || !entries.put(place, packet.destination(), packet.sequence(), System.nanoTime())) {
            dropped = dropped + 1;
            return;
        }
        waitingMost = Math.max(waitingMost, entries.size());
        if (!flow.equals(owners[place])) {
            reopen(place, flow);
        }
        send(place);
    }

    private int ownPlace(int identifier) {
        for (int place = 0; place < sockets.length; place++) {
            if (sockets[place] != null && identifiers[place] == identifier) {
                return place;
            }
        }
        return -1;
    }

    /** Another flow gets another identifier: a late reply to the former one finds no socket. */
    private void reopen(int place, EchoEntries.Flow flow) {
        close(place);
        Inet4Socket socket = Inet4Socket.ping(0);
        if (uplink != null) {
            socket.boundTo(uplink);
        }
        sockets[place] = socket;
        owners[place] = flow;
        identifiers[place] = socket.port();
        opened = opened + 1;
        watch(place, socket.descriptor());
    }

    private void close(int place) {
        Inet4Socket former = sockets[place];
        if (former != null) {
            watch(place, NO_DESCRIPTOR);
            former.close();
            sockets[place] = null;
            opened = opened - 1;
        }
    }

    private void watch(int place, int descriptor) {
        if (poller != null) {
            poller.replace(places[place], descriptor);
        }
    }

    private void send(int place) {
        Inet4Socket socket = sockets[place];
        if (socket != null) {
            // The kernel writes the socket's identifier and the checksum. What cannot be sent is lost, as on any way.
            socket.send(packet.destination(), 0, packet.message(), 0, packet.messageLength());
        }
    }

    private void takeReplies(int place, Inet4Socket socket) {
        ByteBuffer message = packet.message();
        for (int length = socket.receiveFrom(message); length > 0; length = socket.receiveFrom(message)) {
            EchoEntries.Flow flow = owners[place];
            int sequence = message.getShort(6) & 0xFFFF;
            if (flow != null && length >= IcmpEcho.LENGTH && entries.take(place, socket.sender(), sequence)) {
                packet.becomeReply(socket.sender(), flow.address(), flow.identifier(), length);
                tun.write(packet.buffer(), 0, packet.length());
            }
        }
    }

    @Override
    public void end() {
        for (int place = 0; place < sockets.length; place++) {
            close(place);
        }
    }
}
