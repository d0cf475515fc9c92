package io.github.natexd.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import jnr.unixsocket.UnixSocketChannel;
import org.junit.jupiter.api.Test;

/** What needs no privilege: descriptors, interfaces, errors. */
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
    void forwardingIsWhatTheKernelsFileSays() throws IOException {
        String file = Files.readString(Path.of("/proc/sys/net/ipv4/ip_forward")).strip();

        assertEquals(!file.equals("0"), Ipv4Forwarding.isOn());
    }

    @Test
    void loopbackHasItsAddressAndMtu() {
        int index = Interfaces.index("lo");

        assertTrue(index > 0);
        assertEquals("lo", Interfaces.name(index));
        assertTrue(Interfaces.mtu("lo") >= 1500);
        assertEquals(0, Interfaces.mac("lo"));
        assertTrue(Interfaces.addresses().contains(new Interfaces.HostAddress(0x7f000001, 8, index, "lo")));
    }

    @Test
    void absentInterfaceHasNumberZeroAndAnErrorThatNamesIt() {
        assertEquals(0, Interfaces.index("natexd-none"));
        assertEquals("", Interfaces.name(0x7ffffff0));
        OsException e = assertThrows(OsException.class, () -> Interfaces.mtu("natexd-none"));
        assertEquals(Errno.ENODEV, e.errno());
        assertEquals("ask for the MTU of natexd-none: ENODEV: no such device", e.getMessage());
        assertEquals(
                Errno.ENODEV,
                assertThrows(OsException.class, () -> Interfaces.mac("a".repeat(16)))
                        .errno());
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
