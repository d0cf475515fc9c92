package io.github.natexd.linux.netfilter;

import io.github.natexd.linux.libc.Errno;
import io.github.natexd.linux.libc.OsException;

/**
 * Counts packets that did not fit into a netlink socket's buffer. The kernel numbers the packets without gaps, so each
 * number that is missing is such a packet.
 */
final class Overflows {
    private int expected;
    private boolean started;
    private long count;

    /** The next packet has this number. Without this call, any number of the first packet will do. */
    void expect(int number) {
        expected = number;
        started = true;
    }

    /** A packet with this number was received. */
    void received(int number) {
        int missing = number - expected;
        if (started && missing > 0) {
            count += missing;
        }
        expect(number + 1);
    }

    /** A receive failed; throws unless an overflow was the reason. */
    void failed(int errno, String operation) {
        if (errno != Errno.ENOBUFS && errno != Errno.ENOMEM) {
            throw new OsException(operation, errno);
        }
        count++;
    }

    long count() {
        return count;
    }
}
