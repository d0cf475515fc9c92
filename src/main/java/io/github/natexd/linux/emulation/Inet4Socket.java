package io.github.natexd.linux.emulation;

import io.github.natexd.linux.libc.Libc;
import io.github.natexd.linux.libc.MessageHeaders;
import io.github.natexd.linux.libc.Native;
import io.github.natexd.linux.libc.OsException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The IPv4 sockets that a NAT made of a user process needs: raw, UDP, ICMP echo. Each lives in the network namespace of
 * the thread that opens it and never blocks.
 */
public final class Inet4Socket implements AutoCloseable {
    private static final int IPPROTO_IP = 0;
    private static final int IPPROTO_ICMP = 1;
    private static final int IPPROTO_RAW = 255;
    private static final int IP_TTL = 2;
    private static final int IP_MTU_DISCOVER = 10;
    private static final int IP_PMTUDISC_DONT = 0;
    /** Sets DF, and leaves the path's MTU to the caller. */
    private static final int IP_PMTUDISC_PROBE = 3;

    /** struct sockaddr_in { u16 family; be16 port; be32 address; u8 zero[8]; } */
    private static final int SOCKADDR_LENGTH = 16;

    private static final int SOCKADDR_PORT = 2;
    private static final int SOCKADDR_ADDRESS = 4;

    private static final int SO_BINDTODEVICE = 25;

    private final int descriptor;
    private final ByteBuffer name = Native.allocate(SOCKADDR_LENGTH).order(ByteOrder.BIG_ENDIAN);
    private final MessageHeaders headers = new MessageHeaders(1);

    private Inet4Socket(int descriptor) {
        this.descriptor = descriptor;
        setName(0, 0);
        headers.name(0, Native.address(name), SOCKADDR_LENGTH);
    }

    /** Receives a copy of every packet of this protocol for this host, IPv4 header in front; the host gets it too. */
    public static Inet4Socket raw(int protocol) {
        return open(Libc.SOCK_RAW, protocol, "open a raw socket for protocol " + protocol);
    }

    /** Sends packets with the caller's IPv4 header. The kernel sets its checksum and length, and the ID if it is 0. */
    public static Inet4Socket rawSender() {
        return open(Libc.SOCK_RAW, IPPROTO_RAW, "open a raw socket for sending");
    }

    /**
     * A UDP socket bound to this port at all addresses.
     *
     * @throws OsException EADDRINUSE, if the port is in use
     */
    public static Inet4Socket udp(int port) {
        return open(Libc.SOCK_DGRAM, 0, "open a UDP socket").bind(port);
    }

    /**
     * A socket for echo requests with this identifier (the kernel keeps identifiers like ports).
     *
     * @throws OsException EADDRINUSE, if the identifier is in use
     */
    public static Inet4Socket ping(int identifier) {
        return open(Libc.SOCK_DGRAM, IPPROTO_ICMP, "open an ICMP socket").bind(identifier);
    }

    private static Inet4Socket open(int type, int protocol, String operation) {
        int flags = Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC;
        return new Inet4Socket(
                OsException.check(Libc.INSTANCE.socket(Libc.AF_INET, type | flags, protocol), operation));
    }

    private Inet4Socket bind(int port) {
        setName(0, port);
        if (Libc.INSTANCE.bind(descriptor, Native.address(name), SOCKADDR_LENGTH) != 0) {
            int errno = Libc.lastError();
            close();
            throw new OsException("bind to " + port, errno);
        }
        return this;
    }

    public int descriptor() {
        return descriptor;
    }

    /** The smallest receive buffer possible, for a socket that is never read: the kernel drops what does not fit. */
    public Inet4Socket withoutInput() {
        Native.setOption(descriptor, Libc.SOL_SOCKET, Libc.SO_RCVBUF, 1, "shrink a receive buffer");
        return this;
    }

    /**
     * Sends by this interface alone, whatever the routes of other interfaces say, and receives from it alone. The
     * interface itself needs a route to each destination.
     */
    public Inet4Socket boundTo(String interfaceName) {
        byte[] octets = interfaceName.getBytes(StandardCharsets.UTF_8);
        ByteBuffer value = Native.allocate(octets.length + 1).put(0, octets);
        if (Native.setOption(descriptor, Libc.SOL_SOCKET, SO_BINDTODEVICE, value, octets.length) != 0) {
            int errno = Libc.lastError();
            close();
            throw new OsException("bind a socket to " + interfaceName, errno);
        }
        return this;
    }

    /** The socket's own port, or ICMP identifier. */
    public int port() {
        ByteBuffer length = Native.allocate(Integer.BYTES).putInt(0, SOCKADDR_LENGTH);
        OsException.check(
                Libc.INSTANCE.getsockname(descriptor, Native.address(name), Native.address(length)),
                "ask for a socket's own port");
        return name.getShort(SOCKADDR_PORT) & 0xFFFF;
    }

    /** Sets TTL and DF bit of what is sent from now on (not by {@link #rawSender}). */
    public void header(int timeToLive, boolean dontFragment) {
        Native.setOption(descriptor, IPPROTO_IP, IP_TTL, timeToLive, "set a TTL of " + timeToLive);
        int discovery = dontFragment ? IP_PMTUDISC_PROBE : IP_PMTUDISC_DONT;
        Native.setOption(descriptor, IPPROTO_IP, IP_MTU_DISCOVER, discovery, "set the DF bit");
    }

    /**
     * Sends octets of a direct buffer.
     *
     * @param port the destination's UDP port; 0 for the other kinds
     * @return whether the kernel accepted them
     */
    public boolean send(int destination, int port, ByteBuffer buffer, int offset, int length) {
        setName(destination, port);
        headers.octets(0, Native.address(buffer) + offset, length);
        return headers.send(descriptor, 0, 1, Libc.MSG_NOSIGNAL) == 1;
    }

    /** Receives one packet or datagram to index 0 of a direct buffer; returns its length, 0 if there is none. */
    public int receive(ByteBuffer buffer) {
        return (int) Math.max(0, Libc.INSTANCE.recv(descriptor, Native.address(buffer), buffer.capacity(), 0));
    }

    /** Like {@link #receive}; {@link #sender} is then the address it came from. */
    public int receiveFrom(ByteBuffer buffer) {
        headers.octets(0, Native.address(buffer), buffer.capacity());
        int received = headers.receive(descriptor, 1, Libc.MSG_DONTWAIT);
        headers.name(0, Native.address(name), SOCKADDR_LENGTH); // the kernel has put the sender's length there
        return received == 1 ? headers.received(0) : 0;
    }

    /** Where the last packet of {@link #receiveFrom} came from. */
    public int sender() {
        return name.getInt(SOCKADDR_ADDRESS);
    }

    private void setName(int address, int port) {
        name.order(ByteOrder.nativeOrder()).putShort(0, (short) Libc.AF_INET);
        name.order(ByteOrder.BIG_ENDIAN).putShort(SOCKADDR_PORT, (short) port).putInt(SOCKADDR_ADDRESS, address);
    }

    @Override
    public void close() {
        Libc.INSTANCE.close(descriptor);
    }
}
