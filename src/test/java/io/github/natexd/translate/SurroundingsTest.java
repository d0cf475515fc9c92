package io.github.natexd.translate;

import static io.github.natexd.testkit.Packets.GATEWAY_MAC;
import static io.github.natexd.testkit.Packets.GUEST_MAC;
import static io.github.natexd.wire.Ipv4Address.parse;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.natexd.ports.Surroundings;
import io.github.natexd.testkit.Selected;
import io.github.natexd.wire.MacAddress;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may be a guest, who cannot be a reporter, and which errors are selected. */
class SurroundingsTest {
    private static final long HOST_MAC = MacAddress.parse("00:50:56:c0:00:08");
    private static final String TARGET = "192.0.2.80";

    private final Surroundings surroundings = new Surroundings(
            new int[] {parse("203.0.113.7"), parse("192.168.44.1")}, parse("192.168.44.1"), 24, HOST_MAC);

    @ParameterizedTest
    @CsvSource({
        "192.168.44.100, 192.0.2.80, true",
        "192.168.44.254, 192.0.2.80, true",
        "192.168.44.1,   192.0.2.80, false",
        "192.168.44.0,   192.0.2.80, false",
        "192.168.44.255, 192.0.2.80, false",
        "192.168.45.100, 192.0.2.80, false",
        "203.0.113.7,    192.0.2.80, false",
        "192.168.44.100, 192.168.44.101, false",
        "192.168.44.100, 192.168.44.2, false",
        "192.168.44.100, 203.0.113.7, false",
        "192.168.44.100, 224.0.0.251, false",
        "192.168.44.100, 255.255.255.255, false",
        "192.168.44.100, 0.0.0.0, false",
    })
    @DisplayName("R22: guests are addresses of the guest network that send to the outside")
    void aGuestHasAnAddressOfTheGuestNetwork(String source, String destination, boolean guest) {
        assertEquals(guest, surroundings.isGuestsFrame(parse(source), parse(destination), GUEST_MAC, GATEWAY_MAC));
    }

    @ParameterizedTest
    @CsvSource({
        "00:50:56:c0:00:08, 00:50:56:e0:00:02",
        "00:0c:29:aa:bb:01, 00:50:56:c0:00:08",
        "00:0c:29:aa:bb:01, ff:ff:ff:ff:ff:ff",
        "00:0c:29:aa:bb:01, 01:00:5e:00:00:01",
        "01:0c:29:aa:bb:01, 00:50:56:e0:00:02",
    })
    @DisplayName("R22: a guest's frame is neither from nor to the host, and its MACs are single machines'")
    void aGuestsFrameHasMacsOfSingleMachines(String source, String destination) {
        assertFalse(surroundings.isGuestsFrame(
                parse("192.168.44.100"), parse(TARGET), MacAddress.parse(source), MacAddress.parse(destination)));
    }

    @ParameterizedTest
    @CsvSource({
        "0.0.0.0, true",
        "0.1.2.3, true",
        "127.0.0.1, true",
        "224.0.0.1, true",
        "239.255.255.255, true",
        "255.255.255.255, true",
        "203.0.113.7, true",
        "192.168.44.1, true",
        "192.168.44.2, true",
        "192.168.44.101, true",
        "1.0.0.1, false",
        "126.255.255.255, false",
        "128.0.0.1, false",
        "223.255.255.255, false",
        "10.0.0.1, false",
        "192.168.43.1, false",
    })
    @DisplayName("R51: reporters that cannot be")
    void aReporterIsARouterOutside(String address, boolean impossible) {
        assertEquals(impossible, surroundings.isImpossibleReporter(parse(address)));
    }

    @Test
    @DisplayName("R45: without a guest network nobody is a guest, and every router may report")
    void withoutAGuestNetworkNobodyIsAGuest() {
        Surroundings bare = new Surroundings(new int[] {parse("203.0.113.7")}, 0, 0, 0);
        assertFalse(bare.isGuestsFrame(parse("192.168.44.100"), parse(TARGET), GUEST_MAC, GATEWAY_MAC));
        assertFalse(bare.isImpossibleReporter(parse("192.168.44.101")));
    }

    @ParameterizedTest
    @CsvSource({
        "11, 0, true, true",
        "11, 1, false, true",
        "11, 2, false, false",
        "3, 0, true, true",
        "3, 3, true, true",
        "3, 4, true, true",
        "3, 13, true, true",
        "12, 0, false, true",
        "4, 0, false, false",
        "5, 1, false, false",
        "0, 0, false, false",
        "8, 0, false, false",
    })
    @DisplayName("R1: which errors are relayed by default, and which by configuration")
    void selectsErrors(int type, int code, boolean byDefault, boolean byConfiguration) {
        assertEquals(byDefault, Selected.BY_DEFAULT.select(type, code));
        assertEquals(byConfiguration, new ErrorTypes(true, true, true, true).select(type, code));
        assertFalse(new ErrorTypes(false, false, false, false).select(type, code));
    }
}
