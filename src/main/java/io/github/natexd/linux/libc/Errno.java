package io.github.natexd.linux.libc;

/** Linux error numbers (asm-generic/errno-base.h, errno.h): constants for those that natexd checks, names for more. */
public final class Errno {
    public static final int EPERM = 1;
    public static final int ENOENT = 2;
    public static final int ESRCH = 3;
    public static final int EINTR = 4;
    public static final int ENXIO = 6;
    public static final int EAGAIN = 11;
    public static final int ENOMEM = 12;
    public static final int EACCES = 13;
    public static final int EBUSY = 16;
    public static final int EEXIST = 17;
    public static final int ENODEV = 19;
    public static final int EINVAL = 22;
    public static final int ERANGE = 34;
    public static final int ENOSYS = 38;
    public static final int EMSGSIZE = 90;
    public static final int EPROTONOSUPPORT = 93;
    public static final int EAFNOSUPPORT = 97;
    public static final int EADDRINUSE = 98;
    public static final int ENETDOWN = 100;
    public static final int ENOBUFS = 105;

    private Errno() {}

    /** The symbolic name, "ENODEV", or "errno 4711" for one without a row here. */
    public static String name(int errno) {
        String row = row(errno);
        return row.isEmpty() ? "errno " + errno : row.substring(0, row.indexOf(' '));
    }

    /** What the number means in words; empty if there is no row for it. */
    public static String text(int errno) {
        String row = row(errno);
        return row.isEmpty() ? row : row.substring(row.indexOf(' ') + 1);
    }

    private static String row(int errno) {
        return switch (errno) {
            case EPERM -> "EPERM operation not permitted";
            case ENOENT -> "ENOENT no such file or directory";
            case ESRCH -> "ESRCH no such process";
            case EINTR -> "EINTR interrupted by a signal";
            case 5 -> "EIO input/output error";
            case ENXIO -> "ENXIO no such device or address";
            case 9 -> "EBADF bad file descriptor";
            case EAGAIN -> "EAGAIN try again";
            case ENOMEM -> "ENOMEM out of memory";
            case EACCES -> "EACCES permission denied";
            case 14 -> "EFAULT bad address";
            case EBUSY -> "EBUSY in use";
            case EEXIST -> "EEXIST exists already";
            case ENODEV -> "ENODEV no such device";
            case 20 -> "ENOTDIR not a directory";
            case EINVAL -> "EINVAL invalid argument";
            case 23 -> "ENFILE too many open files in the system";
            case 24 -> "EMFILE too many open files";
            case 25 -> "ENOTTY no such ioctl for this file";
            case 32 -> "EPIPE broken pipe";
            case ERANGE -> "ERANGE out of range";
            case ENOSYS -> "ENOSYS function not implemented";
            case EMSGSIZE -> "EMSGSIZE message too long";
            case 92 -> "ENOPROTOOPT option not available";
            case EPROTONOSUPPORT -> "EPROTONOSUPPORT protocol not supported";
            case 95 -> "EOPNOTSUPP operation not supported";
            case EAFNOSUPPORT -> "EAFNOSUPPORT address family not supported";
            case EADDRINUSE -> "EADDRINUSE address in use";
            case 99 -> "EADDRNOTAVAIL address not available";
            case ENETDOWN -> "ENETDOWN network is down";
            case 101 -> "ENETUNREACH network is unreachable";
            case ENOBUFS -> "ENOBUFS no buffer space";
            case 111 -> "ECONNREFUSED connection refused";
            default -> "";
        };
    }
}
