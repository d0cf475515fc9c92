package io.github.natexd.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** systemd's security rating of the units. */
class HardeningContainerTest {
    /** The limit of the rating, in tenths. */
    private static final int EXPOSURE_MAX = 16;

    /** The findings that natexd needs to work, by their names in systemd-analyze's JSON. */
    private static final Set<String> NEEDED = Set.of(
            // natexd is a program of the host, uses the host's libraries, and runs as an unprivileged user.
            "RootDirectoryOrRootImage",
            "AmbientCapabilities",
            "PrivateUsers",
            // The JVM's compiler writes code.
            "MemoryDenyWriteExecute",
            // For guests' frames; for rules, queue and link events; for systemd's and natexd's own sockets.
            "RestrictAddressFamilies_AF_PACKET",
            "RestrictAddressFamilies_AF_NETLINK",
            "RestrictAddressFamilies_AF_UNIX",
            "CapabilityBoundingSet_CAP_NET_ADMIN",
            "CapabilityBoundingSet_CAP_NET_BIND_SERVICE_BROADCAST_RAW)",
            // natexd works on the host's network.
            "PrivateNetwork",
            // ProtectClock= allows reading the real-time clock.
            "DeviceAllow");

    /** The same for natexd-keepalive, which needs no network. */
    private static final Set<String> NEEDED_FOR_KEEPALIVE = Set.of(
            "RootDirectoryOrRootImage",
            "AmbientCapabilities",
            "PrivateUsers",
            "MemoryDenyWriteExecute",
            "RestrictAddressFamilies_AF_UNIX",
            "CapabilityBoundingSet_CAP_NET_ADMIN",
            "CapabilityBoundingSet_CAP_BPF",
            // It finds VMware's process among those of other users, and loads a program for it.
            "ProtectProc",
            "SystemCallFilter_privileged",
            "DeviceAllow");

    @ParameterizedTest
    @MethodSource("io.github.natexd.container.Machine#images")
    void unitsAreCorrectAndAskForNoMoreThanNatexdNeeds(String image) throws IOException {
        try (Machine machine = Machine.boot(image)) {
            machine.installPackage(Machine.PACKAGE);

            assertEquals(
                    "",
                    machine.must("systemd-analyze verify natexd.service natexd-jsvc.service natexd-keepalive.service"));
            assertAsksForNoMore(machine, "natexd.service", NEEDED);
            Set<String> ofJsvc = new TreeSet<>(NEEDED);
            // The daemon is jsvc's child.
            ofJsvc.add("NotifyAccess");
            assertAsksForNoMore(machine, "natexd-jsvc.service", ofJsvc);
            assertAsksForNoMore(machine, "natexd-keepalive.service", NEEDED_FOR_KEEPALIVE);
        }
    }

    private static void assertAsksForNoMore(Machine machine, String unit, Set<String> needed) throws IOException {
        String table = machine.must("systemd-analyze security --no-pager --threshold=" + EXPOSURE_MAX + " " + unit);
        assertTrue(table.contains("Overall exposure level for " + unit), table);
        assertEquals(new TreeSet<>(needed), failed(machine, unit), unit);
    }

    private static Set<String> failed(Machine machine, String unit) throws IOException {
        Set<String> failed = new TreeSet<>();
        for (JsonNode check :
                new ObjectMapper().readTree(machine.must("systemd-analyze security --json=short " + unit))) {
            // Null: the check does not apply.
            if (check.get("set").isBoolean() && !check.get("set").asBoolean()) {
                failed.add(check.get("json_field").asText());
            }
        }
        return failed;
    }
}
