package io.github.natexd.linux.emulation;

import io.github.natexd.linux.libc.Libc;
import io.github.natexd.linux.libc.Native;
import io.github.natexd.linux.libc.OsException;
import io.github.natexd.linux.netlink.Interfaces;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** What {@code ethtool -K DEV tx off} does, for machines without ethtool. */
public final class Offloads {
    private static final long SIOCETHTOOL = 0x8946;
    private static final int ETHTOOL_STXCSUM = 0x17;

    /** struct ifreq { char name[16]; union { void *data; … } } */
    private static final int IFREQ_LENGTH = 40;

    private static final int NAME_LENGTH = 16;
    /** struct ethtool_value { u32 cmd; u32 data; } */
    private static final int VALUE_LENGTH = 8;

    private Offloads() {}

    /** Makes the kernel finish checksums before a packet leaves by this interface, if there is such an interface. */
    public static void transmitChecksumOff(String name) {
        if (Interfaces.index(name) == 0) {
            return;
        }
        ByteBuffer value =
                Native.allocate(VALUE_LENGTH).putInt(0, ETHTOOL_STXCSUM).putInt(Integer.BYTES, 0);
        ByteBuffer request = Native.allocate(IFREQ_LENGTH)
                .put(0, name.getBytes(StandardCharsets.UTF_8))
                .putLong(NAME_LENGTH, Native.address(value));
        int socket = OsException.check(
                Libc.INSTANCE.socket(Libc.AF_INET, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC, 0), "open a UDP socket");
        try {
            OsException.check(
                    Libc.INSTANCE.ioctl(socket, SIOCETHTOOL, Native.address(request)),
                    "switch the checksum offload of " + name + " off");
        } finally {
            Libc.INSTANCE.close(socket);
        }
    }
}
