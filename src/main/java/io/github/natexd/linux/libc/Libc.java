package io.github.natexd.linux.libc;

import jnr.ffi.LibraryLoader;
import jnr.ffi.Runtime;
import jnr.ffi.annotations.Out;

/**
 * The C library's functions that natexd calls, in the spelling of their manual pages (sections 2 and 3).
 *
 * <p>A pointer is a {@code long}: an address from {@link Native#address}, 0 for NULL. ({@code recv} also
 * takes an array, into which jnr-ffi copies the result.) After a result of -1,
 * {@link #lastError} has the reason; read it right after the call.
 *
 * <p>There is no function with six primitive arguments, because jnr-ffi passes garbage as the sixth on x86_64: that is
 * why {@link #sendmmsg} is here but not {@code sendto}. Functions with variadic arguments (open, ioctl, fcntl) are
 * declared as used; on the 64-bit Linux ABIs of natexd that is the same call.
 */
public interface Libc {
    Libc INSTANCE = LibraryLoader.create(Libc.class).failImmediately().load("c");
    Runtime RUNTIME = Runtime.getRuntime(INSTANCE);

    int AF_UNIX = 1;
    int AF_INET = 2;
    int AF_NETLINK = 16;
    int AF_PACKET = 17;

    int SOCK_DGRAM = 2;
    int SOCK_RAW = 3;
    int SOCK_NONBLOCK = 0x800;
    int SOCK_CLOEXEC = 0x80000;

    int MSG_TRUNC = 0x20;
    int MSG_DONTWAIT = 0x40;
    int MSG_NOSIGNAL = 0x4000;

    int SOL_SOCKET = 1;
    int SO_SNDBUF = 7;
    int SO_RCVBUF = 8;
    int SO_ATTACH_FILTER = 26;
    int SO_SNDBUFFORCE = 32;
    int SO_RCVBUFFORCE = 33;

    int O_RDONLY = 0;
    int O_WRONLY = 1;
    int O_RDWR = 2;
    int O_CREAT = 0x40;
    int O_EXCL = 0x80;
    int O_NONBLOCK = 0x800;
    int O_CLOEXEC = 0x80000;

    int F_GETFL = 3;
    int F_SETFL = 4;

    int CLONE_NEWNS = 0x0002_0000;
    int CLONE_NEWNET = 0x4000_0000;
    long MS_BIND = 0x1000;
    long MS_REC = 0x4000;
    long MS_PRIVATE = 1 << 18;

    int socket(int family, int type, int protocol);

    int bind(int descriptor, long address, int addressLength);

    int getsockname(int descriptor, long address, long addressLengthPointer);

    int setsockopt(int descriptor, int level, int option, long value, int valueLength);

    int getsockopt(int descriptor, int level, int option, long value, long valueLengthPointer);

    int recvmmsg(int descriptor, long messages, int count, int flags, long timeout);

    int sendmmsg(int descriptor, long messages, int count, int flags);

    long send(int descriptor, long octets, long length, int flags);

    long recv(int descriptor, long octets, long length, int flags);

    long recv(int descriptor, @Out byte[] octets, long length, int flags);

    int poll(long descriptors, long count, int timeoutMillis);

    int eventfd(int initial, int flags);

    long read(int descriptor, long octets, long length);

    long write(int descriptor, long octets, long length);

    int open(String path, int flags, int mode);

    int close(int descriptor);

    /** The user as whom the calling thread uses files; returns the one before, even if it fails. */
    int setfsuid(int user);

    int setfsgid(int group);

    int setgroups(long count, long groups);

    int ioctl(int descriptor, long request, long argument);

    int fcntl(int descriptor, int command, long argument);

    int if_nametoindex(String name);

    /** Returns 0 (NULL) on failure; {@code name} has room for 16 octets. */
    long if_indextoname(int index, long name);

    int setns(int descriptor, int type);

    int unshare(int flags);

    int mount(String source, String target, String type, long flags, long data);

    int umount2(String target, int flags);

    /** Returns 0 (NULL) if there is no such group; else memory that the next call reuses. */
    long getgrnam(String name);

    int madvise(long address, long length, int advice);

    int malloc_trim(long keep);

    int getpid();

    int geteuid();

    int kill(int processId, int signal);

    /** For what the C library has no function of its own. */
    long syscall(long number, long first, long second, long third);

    /** The errno of the calling thread's last call through this interface (or any other of jnr-ffi). */
    static int lastError() {
        return RUNTIME.getLastError();
    }
}
