package io.github.natexd.lab.scenario;

import io.github.natexd.linux.emulation.Inet4Socket;
import io.github.natexd.linux.libc.Native;
import io.github.natexd.linux.libc.Poller;
import io.github.natexd.wire.IcmpEcho;
import io.github.natexd.wire.Ipv4Address;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** What ping(8) does: echo requests at a steady rate, and what comes back for each of them. */
final class Pinger {
    /**
     * What came back.
     *
     * @param received requests with a reply whose data is that of the request
     * @param repeated further replies to the same requests
     * @param damaged replies with other data
     */
    record Result(int sent, int received, int repeated, int damaged, long fastestNanos, long slowestNanos) {
        /** Each request has exactly one reply, and that is right. */
        boolean complete() {
            return received == sent && repeated == 0 && damaged == 0;
        }

        @Override
        public String toString() {
            String text = "%d of %d pings answered".formatted(received, sent);
            if (received > 0) {
                text += " in %s to %s ms".formatted(millis(fastestNanos), millis(slowestNanos));
            }
            return text
                    + (repeated > 0 ? ", %d replies repeated".formatted(repeated) : "")
                    + (damaged > 0 ? ", %d replies damaged".formatted(damaged) : "");
        }

        static String millis(long nanos) {
            return "%d.%02d".formatted(nanos / 1_000_000, nanos / 10_000 % 100);
        }
    }

    private static final int DATA = 56;
    private static final int LENGTH = IcmpEcho.LENGTH + DATA;
    private static final int SEQUENCE = 6;
    private static final int RECEIVED_MAX = 2048;

    private final Inet4Socket socket;
    private final int target;
    private final long[] sentNanos;
    private final boolean[] answered;
    private final ByteBuffer request = Native.allocate(LENGTH).order(ByteOrder.BIG_ENDIAN);
    private final ByteBuffer reply = Native.allocate(RECEIVED_MAX).order(ByteOrder.BIG_ENDIAN);
    private int received;
    private int repeated;
    private int damaged;
    private long fastest = Long.MAX_VALUE;
    private long slowest;

    private Pinger(Inet4Socket socket, String target, int count) {
        this.socket = socket;
        this.target = Ipv4Address.parse(target);
        this.sentNanos = new long[count];
        this.answered = new boolean[count];
    }

    /**
     * Pings from a node, and returns when all replies are there or the patience after the last request has ended.
     *
     * @param device the interface to which the socket is bound; null: none
     */
    static Result ping(
            Stage stage,
            String node,
            @Nullable String device,
            String target,
            int count,
            long intervalMillis,
            long patienceMillis) {
        Inet4Socket socket = stage.in(node, () -> {
            Inet4Socket made = Inet4Socket.ping(0);
            return device == null ? made : made.boundTo(device);
        });
        try (socket) {
            return new Pinger(socket, target, count).run(intervalMillis, patienceMillis);
        }
    }

    private Result run(long intervalMillis, long patienceMillis) {
        Poller poller = new Poller(1);
        poller.register(socket.descriptor());
        long begin = System.nanoTime();
        int sent = 0;
        long next = begin;
        while (sent < sentNanos.length) {
            if (System.nanoTime() - next >= 0) {
                send(sent++);
                next += intervalMillis * 1_000_000;
            }
            listen(poller, next);
        }
        long end = System.nanoTime() + patienceMillis * 1_000_000;
        while (received < sent && System.nanoTime() - end < 0) {
            listen(poller, end);
        }
        return new Result(sent, received, repeated, damaged, fastest, slowest);
    }

    private void send(int sequence) {
        request.put(0, (byte) IcmpEcho.TYPE_REQUEST).putShort(SEQUENCE, (short) sequence);
        for (int i = IcmpEcho.LENGTH; i < LENGTH; i++) {
            request.put(i, data(sequence, i));
        }
        sentNanos[sequence] = System.nanoTime();
        socket.send(target, 0, request, 0, LENGTH);
    }

    private static byte data(int sequence, int at) {
        return (byte) (sequence * 31 + at);
    }

    private void listen(Poller poller, long untilNanos) {
        long left = untilNanos - System.nanoTime();
        if (left > 0) {
            poller.poll((left + 999_999) / 1_000_000);
        }
        for (int length = socket.receiveFrom(reply); length > 0; length = socket.receiveFrom(reply)) {
            take(length, System.nanoTime());
        }
    }

    private void take(int length, long nowNanos) {
        int sequence = reply.getShort(SEQUENCE) & 0xFFFF;
        if (length != LENGTH || socket.sender() != target || sequence >= answered.length || !isIntact(sequence)) {
            damaged++;
        } else if (answered[sequence]) {
            repeated++;
        } else {
            answered[sequence] = true;
            received++;
            fastest = Math.min(fastest, nowNanos - sentNanos[sequence]);
            slowest = Math.max(slowest, nowNanos - sentNanos[sequence]);
        }
    }

    private boolean isIntact(int sequence) {
        for (int i = IcmpEcho.LENGTH; i < LENGTH; i++) {
            if (reply.get(i) != data(sequence, i)) {
                return false;
            }
        }
        return true;
    }
}
