package io.github.natexd.linux.libc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import jnr.unixsocket.UnixSocketChannel;
import org.junit.jupiter.api.Test;

/** What needs no privilege: descriptors, groups, errors. */
class SystemTest {
    @Test
    void signalledEventMakesPollReturnUntilDrained() {
        try (EventFd event = new EventFd();
                EventFd other = new EventFd()) {
            Poller poller = new Poller(2);
            int quiet = poller.register(other.descriptor());
            int place = poller.register(event.descriptor());
            assertEquals(0, poller.poll(0));

            event.signal();
            event.signal();

            assertEquals(1, poller.poll(-1));
            assertTrue(poller.ready(place));
            assertFalse(poller.ready(quiet));
            assertTrue(event.drain());
            assertFalse(event.drain());
            assertEquals(0, poller.poll(0));
        }
    }

    @Test
    void replacedDescriptorIsNotWatchedAnyMore() {
        try (EventFd event = new EventFd()) {
            Poller poller = new Poller(1);
            int place = poller.register(event.descriptor());
            event.signal();

            poller.replace(place, -1);

            assertEquals(0, poller.poll(0));
            assertFalse(poller.ready(place));
            assertThrows(IllegalStateException.class, () -> poller.register(event.descriptor()));
        }
    }

    @Test
    void theKernelTellsWhoIsAtTheOtherEnd() throws Exception {
        int own = Libc.INSTANCE.geteuid();
        UnixSocketChannel[] pair = UnixSocketChannel.pair();
        try {
            Peer peer = Peer.of(pair[0].getFD());

            assertEquals(own, peer.user());
            Object group = Files.getAttribute(Path.of("/proc/self"), "unix:gid");
            assertEquals(group, peer.groups().get(0));
        } finally {
            pair[0].close();
            pair[1].close();
        }
    }

    @Test
    void whoIsAtTheOtherEndOfNoSocketIsAnError() {
        assertThrows(OsException.class, () -> Peer.of(-1));
    }

    @Test
    void groupsHaveNumbersIfThereAreAny() {
        assertEquals(OptionalInt.of(0), Groups.id("root"));
        assertEquals(OptionalInt.empty(), Groups.id("natexd-none"));
    }

    @Test
    void heapBufferHasNoAddress() {
        assertThrows(IllegalArgumentException.class, () -> Native.address(ByteBuffer.allocate(1)));
    }

    @Test
    void unknownErrorNumberKeepsItsNumber() {
        assertEquals("errno 4711", Errno.name(4711));
        assertEquals("in use", Errno.text(Errno.EBUSY));
    }
}
