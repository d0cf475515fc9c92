package io.github.natexd.linux.netlink;

import io.github.natexd.linux.libc.Errno;
import io.github.natexd.linux.libc.Libc;
import io.github.natexd.linux.libc.Native;
import io.github.natexd.linux.libc.OsException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Facts about network interfaces, in the network namespace of the calling thread. Changes nothing. */
public final class Interfaces {
    private static final long SIOCGIFFLAGS = 0x8913;
    private static final long SIOCGIFMTU = 0x8921;
    private static final long SIOCGIFHWADDR = 0x8927;
    private static final int IFF_UP = 1;
    /** struct ifreq { char name[16]; union { … } } */
    private static final int IFREQ_LENGTH = 40;

    private static final int NAME_LENGTH = 16;
    /** The MAC in ifreq.ifr_hwaddr follows the name and the sockaddr's family. */
    private static final int HARDWARE_ADDRESS = NAME_LENGTH + 2;

    private static final int RTM_GETADDR = 22;
    private static final int RTM_NEWADDR = 20;
    private static final int IFA_ADDRESS = 1;
    private static final int IFA_LOCAL = 2;
    /** struct ifaddrmsg { u8 family, prefix length, flags, scope; u32 index; } */
    private static final int IFADDRMSG_LENGTH = 8;

    private static final int IFA_PREFIX_LENGTH = 1;
    private static final int IFA_INDEX = 4;

    private Interfaces() {}

    /** An IPv4 address of this host, as a number, with its prefix length and its interface. */
    public record HostAddress(int address, int prefixLength, int interfaceIndex, String interfaceName) {}

    /** The interface's number; 0: there is no interface of this name. */
    public static int index(String name) {
        return Libc.INSTANCE.if_nametoindex(name);
    }

    /** The name of the interface with this number; empty: there is no such interface. */
    public static String name(int index) {
        ByteBuffer name = Native.allocate(NAME_LENGTH);
        if (Libc.INSTANCE.if_indextoname(index, Native.address(name)) == 0) {
            return "";
        }
        byte[] octets = new byte[NAME_LENGTH];
        name.get(0, octets);
        int length = 0;
        while (length < NAME_LENGTH && octets[length] != 0) {
            length++;
        }
        return new String(octets, 0, length, StandardCharsets.UTF_8);
    }

    /** The largest IPv4 packet that fits into one frame. */
    public static int mtu(String name) {
        return query(name, SIOCGIFMTU, "ask for the MTU of ").getInt(NAME_LENGTH);
    }

    /** The interface's own MAC address, 48 bits. */
    public static long mac(String name) {
        ByteBuffer request =
                query(name, SIOCGIFHWADDR, "ask for the MAC address of ").order(ByteOrder.BIG_ENDIAN);
        return request.getLong(HARDWARE_ADDRESS) >>> 16;
    }

    /** Whether there is an interface of this name, and it is up. */
    public static boolean isUp(String name) {
        try {
            return (query(name, SIOCGIFFLAGS, "ask for the state of ").getShort(NAME_LENGTH) & IFF_UP) != 0;
        } catch (OsException e) {
            if (e.errno() == Errno.ENODEV) {
                return false;
            }
            throw e;
        }
    }

    private static ByteBuffer query(String name, long request, String operation) {
        byte[] octets = name.getBytes(StandardCharsets.UTF_8);
        if (octets.length >= NAME_LENGTH) {
            throw new OsException(operation + name, Errno.ENODEV, "the name is too long for an interface");
        }
        ByteBuffer memory = Native.allocate(IFREQ_LENGTH).put(0, octets);
        // Any kind of socket will do; the hardened service may open this one.
        int socket = OsException.check(
                Libc.INSTANCE.socket(Libc.AF_UNIX, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC, 0), operation + name);
        try {
            OsException.check(Libc.INSTANCE.ioctl(socket, request, Native.address(memory)), operation + name);
            return memory;
        } finally {
            Libc.INSTANCE.close(socket);
        }
    }

    /** All IPv4 addresses of this host: one rtnetlink dump, which causes no news for other listeners. */
    public static List<HostAddress> addresses() {
        List<HostAddress> found = new ArrayList<>();
        NetlinkDump.ask(RTM_GETADDR, IFADDRMSG_LENGTH, Libc.AF_INET, "list the host's addresses", message -> {
            if (message.type() == RTM_NEWADDR && message.bodyLength() >= IFADDRMSG_LENGTH) {
                found.add(address(message));
            }
        });
        return found;
    }

    private static HostAddress address(Messages message) {
        int prefixLength = message.buffer().get(message.body() + IFA_PREFIX_LENGTH) & 0xff;
        int index = message.buffer().getInt(message.body() + IFA_INDEX);
        int address = 0;
        Attributes attributes = message.attributes(IFADDRMSG_LENGTH);
        while (attributes.next()) {
            // IFA_ADDRESS is the peer's on a point-to-point link; IFA_LOCAL, where present, is always our own.
            int type = attributes.type();
            boolean own = type == IFA_LOCAL || (type == IFA_ADDRESS && address == 0);
            if (own && attributes.length() == Integer.BYTES) {
                address = attributes.networkInt();
            }
        }
        return new HostAddress(address, prefixLength, index, name(index));
    }
}
