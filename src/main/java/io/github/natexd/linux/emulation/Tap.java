package io.github.natexd.linux.emulation;

import io.github.natexd.linux.libc.Errno;
import io.github.natexd.linux.libc.Libc;
import io.github.natexd.linux.libc.Native;
import io.github.natexd.linux.libc.OsException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.LockSupport;

/**
 * A TAP device: an Ethernet interface whose wire is a descriptor of this process. It appears in the network namespace
 * of the thread that opens it, has carrier as long as it is open, and vanishes when it is closed. Without offloads (the
 * default) the kernel hands over frames with finished checksums.
 */
public final class Tap implements AutoCloseable {
    /** A program that is just being started holds a closed device of the same name until it is executed. */
    private static final int BUSY_TRIES = 1000;

    private static final long BUSY_PAUSE_NANOS = 1_000_000;

    private static final long TUNSETIFF = 0x400454ca;
    private static final short IFF_TUN = 0x0001;
    private static final short IFF_TAP = 0x0002;
    /** Frames as they are, without four octets of packet information in front. */
    private static final short IFF_NO_PI = 0x1000;

    /** struct ifreq { char name[16]; union { short flags; … } } */
    private static final int IFREQ_LENGTH = 40;

    private static final int NAME_LENGTH = 16;

    private final int descriptor;

    private Tap(int descriptor) {
        this.descriptor = descriptor;
    }

    /** Makes the interface {@code name}; it is down and has a random MAC. */
    public static Tap open(String name) {
        return open(name, IFF_TAP);
    }

    /** Makes an interface without Ethernet headers, as VPNs use: what it reads and writes are IP packets. */
    public static Tap openTun(String name) {
        return open(name, IFF_TUN);
    }

    private static Tap open(String name, short kind) {
        byte[] octets = name.getBytes(StandardCharsets.UTF_8);
        if (octets.length >= NAME_LENGTH) {
            throw new IllegalArgumentException("too long for the name of an interface: " + name);
        }
        int descriptor = Libc.INSTANCE.open("/dev/net/tun", Libc.O_RDWR | Libc.O_NONBLOCK | Libc.O_CLOEXEC, 0);
        if (descriptor < 0) {
            throw new OsException("open /dev/net/tun", Libc.lastError());
        }
        ByteBuffer request =
                Native.allocate(IFREQ_LENGTH).put(0, octets).putShort(NAME_LENGTH, (short) (kind | IFF_NO_PI));
        int errno = attach(descriptor, request);
        for (int tries = 0; errno == Errno.EBUSY && tries < BUSY_TRIES; tries++) {
            LockSupport.parkNanos(BUSY_PAUSE_NANOS);
            errno = attach(descriptor, request);
        }
        if (errno != 0) {
            Libc.INSTANCE.close(descriptor);
            throw new OsException("make the TUN or TAP device " + name, errno);
        }
        return new Tap(descriptor);
    }

    /** Returns 0 or the errno. */
    private static int attach(int descriptor, ByteBuffer request) {
        return Libc.INSTANCE.ioctl(descriptor, TUNSETIFF, Native.address(request)) == 0 ? 0 : Libc.lastError();
    }

    public int descriptor() {
        return descriptor;
    }

    /**
     * Reads one frame that the kernel sends, to the buffer's index 0.
     *
     * @param buffer a direct buffer with room for a whole frame
     * @return the frame's octets; 0 if there is none
     */
    public int read(ByteBuffer buffer) {
        return (int) Math.max(0, Libc.INSTANCE.read(descriptor, Native.address(buffer), buffer.capacity()));
    }

    /** Gives the kernel one frame to receive; returns false if it takes none (interface down). */
    public boolean write(ByteBuffer buffer, int offset, int length) {
        return Libc.INSTANCE.write(descriptor, Native.address(buffer) + offset, length) == length;
    }

    @Override
    public void close() {
        Libc.INSTANCE.close(descriptor);
    }
}
