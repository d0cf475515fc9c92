package io.github.natexd.cli.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressMaskTest {
    private final AddressMask mask = new AddressMask();

    @ParameterizedTest
    @CsvSource({
        "src 192.168.44.100 port 1, src ipv4-1 port 1",
        "192.168.44.0/24, ipv4-1/24",
        "\"from\": \"10.0.0.1\",\"from\": \"ipv4-1\"",
        "1.44.168.192.in-addr.arpa, ipv4-1.in-addr.arpa",
        "link/ether 00:50:56:c0:00:08 brd ff:ff:ff:ff:ff:ff, link/ether mac-1 brd mac-2",
        "00-50-56-C0-00-08, mac-1",
        "80:00:02:08:fe:80:00:00:00:00:00:00:00:02:c9:03:00:0f:f3:7d, mac-1",
        "inet6 fe80::250:56ff:fec0:8/64, inet6 ipv6-1/64",
        "2001:db8:1:2:3:4:5:6 via ::1, ipv6-1 via ipv6-2",
        "::ffff:10.0.0.1, ::ffff:ipv4-1",
        "at 12:34:56 std::string vmnet8, at 12:34:56 std::string vmnet8",
        "2026-11-21T01:02:03+0000, 2026-11-21T01:02:03+0000",
    })
    void replacesAddressesAndNothingElse(String text, String masked) {
        assertEquals(masked, mask.mask(text));
    }

    @Test
    void givesTheSameNameToTheSameAddressInAllTexts() {
        assertEquals("a ipv4-1 b ipv4-2", mask.mask("a 10.0.0.1 b 10.0.0.2"));
        assertEquals(
                "ipv4-2, ipv4-1, ipv4-3; mac-1 mac-1",
                mask.mask("10.0.0.2, 10.0.0.1, 10.0.0.3; 00:0c:29:AA:00:01 00-0c-29-aa-00-01"));
    }
}
