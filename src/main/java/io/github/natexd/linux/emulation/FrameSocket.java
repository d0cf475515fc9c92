package io.github.natexd.linux.emulation;

import io.github.natexd.linux.libc.Errno;
import io.github.natexd.linux.libc.Libc;
import io.github.natexd.linux.libc.LinkLayerAddress;
import io.github.natexd.linux.libc.MessageHeaders;
import io.github.natexd.linux.libc.Native;
import io.github.natexd.linux.libc.OsException;
import io.github.natexd.linux.netlink.Interfaces;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A packet socket (packet(7)) on one interface: every frame that the interface sends, or receives and takes. It is not
 * promiscuous: a bridge that is promiscuous would take frames that it otherwise does not.
 */
public final class FrameSocket implements AutoCloseable {
    /** Longer frames are cut. A frame that the kernel has not yet cut into segments has up to 64 KiB. */
    public static final int SNAP_LENGTH = 128 * 1024;

    private static final int RECEIVE_BUFFER = 4 << 20;

    private final int descriptor;
    private final ByteBuffer octets = Native.allocate(SNAP_LENGTH).order(ByteOrder.BIG_ENDIAN);
    private final LinkLayerAddress sender = new LinkLayerAddress();
    private final MessageHeaders headers = new MessageHeaders(1);

    private FrameSocket(int descriptor) {
        this.descriptor = descriptor;
        headers.octets(0, Native.address(octets), SNAP_LENGTH);
    }

    /** Opens a socket on an interface of the calling thread's namespace. */
    public static FrameSocket on(String interfaceName) {
        String operation = "open a packet socket on " + interfaceName;
        int index = Interfaces.index(interfaceName);
        if (index == 0) {
            throw new OsException(operation, Errno.ENODEV);
        }
        int type = Libc.SOCK_RAW | Libc.SOCK_CLOEXEC | Libc.SOCK_NONBLOCK;
        // Protocol 0 hears nothing: no frame of another interface can slip in before the socket is bound.
        int descriptor = OsException.check(Libc.INSTANCE.socket(Libc.AF_PACKET, type, 0), operation);
        Native.setReceiveBuffer(descriptor, RECEIVE_BUFFER);
        LinkLayerAddress.bind(descriptor, index, operation);
        return new FrameSocket(descriptor);
    }

    public int descriptor() {
        return descriptor;
    }

    /** Receives one frame, without blocking; returns whether there was one. The queries are about this frame then. */
    public boolean receive() {
        headers.name(0, sender.memory(), LinkLayerAddress.LENGTH);
        // With MSG_TRUNC the kernel reports the frame's length on the wire, however much of it fitted.
        return headers.receive(descriptor, 1, Libc.MSG_DONTWAIT | Libc.MSG_TRUNC) == 1;
    }

    /** The frame's octets, from 0 on; big endian. */
    public ByteBuffer octets() {
        return octets;
    }

    /** How many octets there are. */
    public int length() {
        return Math.min(originalLength(), SNAP_LENGTH);
    }

    /** How many octets the frame had. */
    public int originalLength() {
        return headers.received(0);
    }

    /** The interface sends it, instead of receiving it. */
    public boolean outgoing() {
        return sender.packetType() == LinkLayerAddress.PACKET_OUTGOING;
    }

    @Override
    public void close() {
        Libc.INSTANCE.close(descriptor);
    }
}
