package io.github.natexd.linux.netlink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.linux.libc.Errno;
import io.github.natexd.linux.libc.OsException;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What anybody may ask about this host's interfaces. */
class InterfacesTest {
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
    void questionsNeedHardlyAnyMemoryOffTheHeap() {
        long before = direct().getTotalCapacity();
        for (int i = 0; i < 100; i++) {
            Interfaces.addresses();
            Ipv4Forwarding.isOn();
        }

        long more = direct().getTotalCapacity() - before;
        assertTrue(more < 200 * 1024, more + " octets");
    }

    private static BufferPoolMXBean direct() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .findFirst()
                .orElseThrow();
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
}
