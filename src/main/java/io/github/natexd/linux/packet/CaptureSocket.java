package io.github.natexd.linux.packet;

import io.github.natexd.linux.libc.Errno;
import io.github.natexd.linux.libc.Libc;
import io.github.natexd.linux.libc.LinkLayerAddress;
import io.github.natexd.linux.libc.MessageHeaders;
import io.github.natexd.linux.libc.Native;
import io.github.natexd.linux.libc.OsException;
import io.github.natexd.linux.libc.ReceiveTimes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Probes and ICMP errors that pass one interface or all of them, each with the kernel's time: for captures. Receives
 * one packet at a time; up to some MiB of further packets wait in the kernel.
 */
public final class CaptureSocket implements AutoCloseable {
    /** Longer packets are cut. */
    public static final int SNAP_LENGTH = 16 * 1024;

    private static final int RECEIVE_BUFFER = 8 << 20;

    private final int descriptor;
    private final ByteBuffer octets = Native.allocate(SNAP_LENGTH).order(ByteOrder.BIG_ENDIAN);
    private final LinkLayerAddress sender = new LinkLayerAddress();
    private final MessageHeaders headers = new MessageHeaders(1);
    private final ReceiveTimes times = new ReceiveTimes(headers, 1);
    private int errno;

    private CaptureSocket(int descriptor) {
        this.descriptor = descriptor;
        headers.octets(0, Native.address(octets), SNAP_LENGTH);
    }

    /**
     * Ethernet frames of one interface.
     *
     * @param promiscuous also frames for others; all listeners of rtnetlink get news of it, so only where needed
     * @param filter which frames
     */
    public static CaptureSocket on(String interfaceName, boolean promiscuous, PacketFilter filter) {
        String operation = "capture on " + interfaceName;
        int index = PacketSocket.index(interfaceName, operation);
        CaptureSocket socket = open(Libc.SOCK_RAW, operation);
        try {
            filter.attach(socket.descriptor);
            LinkLayerAddress.bind(socket.descriptor, index, operation);
            if (promiscuous) {
                PacketSocket.becomePromiscuous(socket.descriptor, index, operation);
            }
            return socket;
        } catch (OsException e) {
            socket.close();
            throw e;
        }
    }

    /** IPv4 packets of all interfaces of this namespace, without link-layer headers. */
    public static CaptureSocket onAll(PacketFilter filter) {
        return onAll(filter, false, "capture on all interfaces");
    }

    /** IPv4 packets with ICMP errors that come to any interface of this namespace, without link-layer headers. */
    public static CaptureSocket incomingErrors() {
        return onAll(PacketFilter.probes(0), true, "capture ICMP errors on all interfaces");
    }

    private static CaptureSocket onAll(PacketFilter filter, boolean onlyIncoming, String operation) {
        CaptureSocket socket = open(Libc.SOCK_DGRAM, operation);
        try {
            filter.attachWithoutHeader(socket.descriptor);
            if (onlyIncoming) {
                LinkLayerAddress.bindIncomingIpv4(socket.descriptor, operation);
            } else {
                LinkLayerAddress.bind(socket.descriptor, 0, operation);
            }
            return socket;
        } catch (OsException e) {
            socket.close();
            throw e;
        }
    }

    private static CaptureSocket open(int type, String operation) {
        // Protocol 0 receives nothing: no packet can slip in before the filter is attached and the interface is chosen.
        int descriptor = Libc.INSTANCE.socket(Libc.AF_PACKET, type | Libc.SOCK_CLOEXEC | Libc.SOCK_NONBLOCK, 0);
        if (descriptor < 0) {
            int errno = Libc.lastError();
            throw new OsException(
                    operation, errno, errno == Errno.EPERM ? "CAP_NET_RAW is missing: run it as root" : "");
        }
        Native.setReceiveBuffer(descriptor, RECEIVE_BUFFER);
        ReceiveTimes.request(descriptor, true);
        return new CaptureSocket(descriptor);
    }

    public int descriptor() {
        return descriptor;
    }

    /** Receives one packet, without blocking; returns whether there was one. The other methods describe it. */
    public boolean receive() {
        headers.name(0, sender.memory(), LinkLayerAddress.LENGTH);
        times.prepare();
        // With MSG_TRUNC the kernel reports the packet's length on the wire, however much of it fitted.
        int received = headers.receive(descriptor, 1, Libc.MSG_DONTWAIT | Libc.MSG_TRUNC);
        if (received == 1) {
            return true;
        }
        int reason = Libc.lastError();
        if (FrameBatch.isGone(reason)) {
            errno = reason;
        }
        return false;
    }

    /** The interface is gone; the socket will receive nothing more. */
    public boolean isGone() {
        return errno != 0;
    }

    /** The packet's octets, from 0 on; big endian. */
    public ByteBuffer octets() {
        return octets;
    }

    /** How many octets there are. */
    public int length() {
        return Math.min(originalLength(), SNAP_LENGTH);
    }

    /** How many octets the packet had. */
    public int originalLength() {
        return headers.received(0);
    }

    /** When it passed, by the kernel's clock: nanoseconds since 1970; 0 if the kernel gives no time. */
    public long nanos() {
        return times.nanos(0);
    }

    /** This host sent it. */
    public boolean outgoing() {
        return packetType() == LinkLayerAddress.PACKET_OUTGOING;
    }

    /** The number of the interface that the packet passed. */
    public int interfaceIndex() {
        return sender.interfaceIndex();
    }

    /** ARPHRD_… of that interface. */
    public int hardwareType() {
        return sender.hardwareType();
    }

    /** PACKET_…: for this host, broadcast, multicast, for another host, outgoing. */
    public int packetType() {
        return sender.packetType();
    }

    /** The sender's link-layer address, left-aligned in 8 octets; {@link #addressLength} says how many count. */
    public long address() {
        return sender.address();
    }

    public int addressLength() {
        return sender.addressLength();
    }

    @Override
    public void close() {
        Libc.INSTANCE.close(descriptor);
    }
}
