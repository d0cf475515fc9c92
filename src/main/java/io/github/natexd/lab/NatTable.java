package io.github.natexd.lab;

import io.github.natexd.linux.emulation.Inet4Socket;
import io.github.natexd.linux.libc.OsException;
import io.github.natexd.wire.Protocol;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Maps guests' ports (or ICMP identifiers) to the host's. A port keeps its number unless another guest or the host
 * itself uses it, or unless every port is replaced, perhaps by another one for each destination.
 *
 * <p>A bound socket reserves each UDP port, however probes are sent: without it, the host's kernel would respond to
 * replies from outside with port unreachable, and could give the port to a program of the host.
 */
final class NatTable implements AutoCloseable {
    /** One mapping of the NAT; {@code socket} reserves the outside port (null if no reservation is needed). */
    record Binding(
            int protocol,
            int guestAddress,
            int guestPort,
            int outsidePort,
            long guestMac,
            @Nullable Inet4Socket socket) {
        void release() {
            if (socket != null) {
                socket.close();
            }
        }
    }

    /** {@code destination}: 0, if it makes no difference. */
    private record Inside(int protocol, int address, int port, int destination) {}

    private record Outside(int protocol, int port) {}

    /**
     * The limit of bindings, because each UDP port takes a descriptor. The least recently used binding is removed
     * first.
     */
    private static final int CAPACITY = 4096;
    /** Replacement ports are below those that the kernel gives to the host's programs (from 32768). */
    private static final int FIRST_PORT = 10_000;

    private static final int PORTS = 22_000;
    private static final int ATTEMPTS = 1000;

    private final boolean always;
    private final boolean perDestination;
    private final boolean pingSockets;
    private final Random random = new Random();
    private final Map<Inside, Binding> inside = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<Outside, Binding> outside = new HashMap<>();

    /**
     * @param always whether every port and identifier is replaced
     * @param perDestination whether it is replaced by another one for each destination
     * @param pingSockets whether ICMP sockets reserve the identifiers and send the probes
     */
    NatTable(boolean always, boolean perDestination, boolean pingSockets) {
        this.always = always || perDestination;
        this.perDestination = perDestination;
        this.pingSockets = pingSockets;
    }

    /** The binding of a guest's port; created if there is none yet. */
    Binding outbound(int protocol, int guestAddress, int guestPort, int destination, long guestMac) {
        Inside key = new Inside(protocol, guestAddress, guestPort, perDestination ? destination : 0);
        Binding known = inside.get(key);
        return known != null ? known : bind(key, guestMac);
    }

    /** The binding of one of the host's ports; null if the port is not the NAT's. */
    @Nullable
    Binding inbound(int protocol, int outsidePort) {
        return outside.get(new Outside(protocol, outsidePort));
    }

    private Binding bind(Inside key, long guestMac) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            boolean keep = attempt == 0 && !always && key.port != 0;
            int port = keep ? key.port : FIRST_PORT + random.nextInt(PORTS);
            if (outside.containsKey(new Outside(key.protocol, port))) {
                continue;
            }
            try {
                Binding binding =
                        new Binding(key.protocol, key.address, key.port, port, guestMac, hold(key.protocol, port));
                inside.put(key, binding);
                outside.put(new Outside(key.protocol, port), binding);
                trim();
                return binding;
            } catch (OsException e) {
                // The host uses this port: try another one.
            }
        }
        throw new IllegalStateException("no free port on the host for a guest, after " + ATTEMPTS + " attempts");
    }

    private @Nullable Inet4Socket hold(int protocol, int port) {
        if (protocol == Protocol.UDP) {
            return Inet4Socket.udp(port).withoutInput();
        }
        return pingSockets ? Inet4Socket.ping(port).withoutInput() : null;
    }

    private void trim() {
        if (inside.size() > CAPACITY) {
            var eldest = inside.entrySet().iterator();
            Binding binding = eldest.next().getValue();
            eldest.remove();
            outside.remove(new Outside(binding.protocol, binding.outsidePort));
            binding.release();
        }
    }

    @Override
    public void close() {
        inside.values().forEach(Binding::release);
        inside.clear();
        outside.clear();
    }
}
