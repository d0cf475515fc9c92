package io.github.natexd.cli.paths;

import io.github.natexd.cli.paths.Event.ProbeKey;
import io.github.natexd.linux.libc.EventFd;
import io.github.natexd.linux.libc.LinkLayerAddress;
import io.github.natexd.linux.libc.OsException;
import io.github.natexd.linux.libc.Poller;
import io.github.natexd.linux.packet.CaptureSocket;
import io.github.natexd.wire.IcmpError;
import io.github.natexd.wire.Ipv4Address;
import io.github.natexd.wire.Ipv4Header;
import io.github.natexd.wire.Protocol;
import io.github.natexd.wire.ReadProbe;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Sees the ICMP errors that come to the host's interfaces, before any rule can drop them. natexctl does this itself,
 * because natexd would have to look at each error twice. It needs CAP_NET_RAW.
 */
final class ArrivalCapture implements AutoCloseable {
    private static final long NANOS_OF_MICRO = 1_000;

    private final CaptureSocket socket;
    private final EventFd stop = new EventFd();
    private final Ipv4Header outer = new Ipv4Header();
    private final IcmpError error = new IcmpError();
    private final Ipv4Header embedded = new Ipv4Header();
    private final ReadProbe probe = new ReadProbe();

    private @Nullable Thread thread;

    private ArrivalCapture(CaptureSocket socket) {
        this.socket = socket;
    }

    /** Begins to collect what comes; null if this user must not see it. */
    static @Nullable ArrivalCapture open() {
        try {
            return new ArrivalCapture(CaptureSocket.incomingErrors());
        } catch (OsException e) {
            return null;
        }
    }

    /** Starts to report what came and what comes. */
    void start(Feed feed) {
        feed.arrivalsObserved();
        Thread reader = new Thread(() -> run(feed), "arrivals");
        reader.setDaemon(true);
        reader.start();
        thread = reader;
    }

    private void run(Feed feed) {
        Poller poller = new Poller(2);
        poller.register(stop.descriptor());
        poller.register(socket.descriptor());
        while (!stop.drain()) {
            poller.poll(-1);
            while (socket.receive()) {
                if (socket.packetType() == LinkLayerAddress.PACKET_HOST) {
                    ProbeKey quoted = quoted(socket.octets(), socket.length());
                    if (quoted != null) {
                        feed.arrived(quoted, socket.nanos() / NANOS_OF_MICRO, !error.checksumOk());
                    }
                }
            }
        }
    }

    /** The probe that an error quotes; null if natexd cannot read it either. Afterwards, {@link #error} is valid. */
    private @Nullable ProbeKey quoted(ByteBuffer octets, int length) {
        if (outer.over(octets, 0, length).check(false) != Ipv4Header.Problem.NONE
                || outer.transportOctets() < IcmpError.LENGTH) {
            return null;
        }
        error.over(octets, outer.transportOffset(), outer.transportOctets());
        if (!probe.readQuoted(octets, error, embedded)) {
            return null;
        }
        return new ProbeKey(
                "",
                probe.protocol == Protocol.UDP ? "udp" : "icmp",
                probe.sourcePort,
                Ipv4Address.text(probe.destination),
                probe.destinationPort);
    }

    @Override
    public void close() {
        stop.signal();
        try {
            if (thread != null) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        stop.close();
        socket.close();
    }
}
