package io.github.natexd.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VmwareNetworkingTest {
    @TempDir
    private Path directory;

    @Test
    void findsTheNatNetworkAmongOthers() throws IOException {
        assertEquals(Optional.of("vmnet8"), natInterface("""
                VERSION=1,0
                answer VNET_1_DHCP yes
                answer VNET_1_HOSTONLY_NETMASK 255.255.255.0
                answer VNET_1_HOSTONLY_SUBNET 172.16.5.0
                answer VNET_1_VIRTUAL_ADAPTER yes
                answer VNET_8_DHCP yes
                answer VNET_8_HOSTONLY_SUBNET 192.168.44.0
                answer VNET_8_NAT yes
                answer VNET_8_VIRTUAL_ADAPTER yes
                """));
    }

    @Test
    void doesNotAssumeNumberEight() throws IOException {
        assertEquals(
                Optional.of("vmnet12"), natInterface("answer VNET_12_NAT yes\nanswer VNET_12_VIRTUAL_ADAPTER yes\n"));
    }

    @Test
    void takesTheLowestNumberOfSeveral() throws IOException {
        String several = """
                answer VNET_10_NAT yes
                answer VNET_10_VIRTUAL_ADAPTER yes
                answer VNET_9_NAT yes
                answer VNET_9_VIRTUAL_ADAPTER yes
                """;

        assertEquals(Optional.of("vmnet9"), natInterface(several));
        assertEquals(List.of("vmnet9", "vmnet10"), VmwareNetworking.natInterfaces(directory.resolve("networking")));
    }

    @Test
    void passesOverANatNetworkWithoutAdapterAndOneSwitchedOff() throws IOException {
        assertEquals(Optional.empty(), natInterface("""
                answer VNET_8_NAT yes
                answer VNET_8_VIRTUAL_ADAPTER no
                answer VNET_9_NAT no
                answer VNET_9_VIRTUAL_ADAPTER yes
                """));
    }

    @Test
    void isEmptyWithoutVmware() {
        assertEquals(Optional.empty(), VmwareNetworking.natInterface(directory.resolve("networking")));
    }

    @Test
    void readsOverOctetsOfAnotherEncoding() throws IOException {
        Path file = directory.resolve("networking");
        Files.write(
                file,
                "# r\u00e9seau\nanswer VNET_8_NAT yes\nanswer VNET_8_VIRTUAL_ADAPTER yes\n"
                        .getBytes(StandardCharsets.ISO_8859_1));

        assertEquals(Optional.of("vmnet8"), VmwareNetworking.natInterface(file));
    }

    private Optional<String> natInterface(String text) throws IOException {
        return VmwareNetworking.natInterface(Files.writeString(directory.resolve("networking"), text));
    }
}
