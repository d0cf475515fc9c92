package io.github.natexd.linux.netfilter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.natexd.linux.libc.Errno;
import io.github.natexd.linux.libc.OsException;
import org.junit.jupiter.api.Test;

/** What counts as a packet that did not fit into the socket's buffer. */
class OverflowsTest {
    private final Overflows overflows = new Overflows();

    @Test
    void missingNumbersAreCounted() {
        overflows.expect(1);

        overflows.received(1);
        overflows.received(4);
        overflows.received(5);

        assertEquals(2, overflows.count());
    }

    @Test
    void anyFirstNumberWillDoWhereNoneIsExpected() {
        overflows.received(1000);
        overflows.received(1001);

        assertEquals(0, overflows.count());
    }

    @Test
    void numbersGoRoundWithoutAGap() {
        overflows.expect(0xffffffff);

        overflows.received(0xffffffff);
        overflows.received(0);
        overflows.received(2);

        assertEquals(1, overflows.count());
    }

    @Test
    void receiveThatFailsForWantOfMemoryIsCountedAndAnyOtherThrows() {
        overflows.failed(Errno.ENOBUFS, "receive");
        overflows.failed(Errno.ENOMEM, "receive");

        OsException e = assertThrows(OsException.class, () -> overflows.failed(Errno.ENODEV, "receive"));
        assertEquals("receive: ENODEV: no such device", e.getMessage());
        assertEquals(2, overflows.count());
    }
}
