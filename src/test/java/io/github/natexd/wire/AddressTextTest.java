package io.github.natexd.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTextTest {
    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "255.255.255.255", "192.168.44.100", "128.0.0.1", "10.200.30.4"})
    void ipv4AddressesSurviveReadingAndWriting(String text) {
        assertEquals(text, Ipv4Address.text(Ipv4Address.parse(text)));
    }

    @Test
    void theFirstOctetOfAnIpv4AddressIsTheHighest() {
        assertEquals(0xC0A82C64, Ipv4Address.parse("192.168.44.100"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "1.2.3",
                "1.2.3.4.5",
                "1.2.3.",
                ".1.2.3",
                "1..2.3",
                "256.1.1.1",
                "1.2.3.1000",
                "01.2.3.4",
                "1.2.3.00",
                "-1.2.3.4",
                "+1.2.3.4",
                " 1.2.3.4",
                "1.2.3.4 ",
                "1.2.3.4/24",
                "a.b.c.d",
                "0x1.2.3.4",
                "1.2.3.\u0664"
            })
    void whatIsNoIpv4AddressIsRefusedAndNamed(String text) {
        var refused = assertThrows(IllegalArgumentException.class, () -> Ipv4Address.parse(text));

        assertTrue(refused.getMessage().contains("\"" + text + "\""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff", "00:0c:29:aa:bb:01", "80:00:00:00:00:01"})
    void macAddressesSurviveReadingAndWriting(String text) {
        assertEquals(text, MacAddress.text(MacAddress.parse(text)));
    }

    @Test
    void macAddressesAreReadInEitherCaseAndAreNeverNegative() {
        assertEquals(0xFFEE_DDCC_BBAAL, MacAddress.parse("FF:EE:dd:CC:bb:AA"));
        assertEquals(MacAddress.BROADCAST, MacAddress.parse("ff:ff:ff:ff:ff:ff"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00:0c:29:aa:bb",
                "00:0c:29:aa:bb:1",
                "00:0c:29:aa:bb:001",
                "00-0c-29-aa-bb-01",
                "000c29aabb01",
                "00:0c:29:aa:bb:0g",
                "00:0c:29:aa:bb:+1",
                "00:0c:29:aa:bb:0\u0661"
            })
    void whatIsNoMacAddressIsRefusedAndNamed(String text) {
        var refused = assertThrows(IllegalArgumentException.class, () -> MacAddress.parse(text));

        assertTrue(refused.getMessage().contains("\"" + text + "\""));
    }
}
