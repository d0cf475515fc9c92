package io.github.natexd.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Any file has a list of NAT networks: each an interface's name, once; two lines more add one network. */
class NetworkingFuzzTest {
    private static final String ADDED = "vmnet255";

    @FuzzTest
    void anyText(byte[] octets) {
        List<String> lines =
                new String(octets, StandardCharsets.ISO_8859_1).lines().toList();
        List<String> found = VmwareNetworking.natInterfaces(lines);
        assertEquals(found.stream().distinct().toList(), found);
        for (String name : found) {
            assertTrue(name.matches("vmnet[0-9]{1,3}"), name);
        }
        List<String> more = new ArrayList<>(lines);
        more.add("answer VNET_255_NAT yes");
        more.add("answer VNET_255_VIRTUAL_ADAPTER yes");
        List<String> others = VmwareNetworking.natInterfaces(more);
        assertTrue(others.contains(ADDED));
        assertEquals(without(found), without(others));
    }

    private static List<String> without(List<String> names) {
        return names.stream().filter(name -> !name.equals(ADDED)).toList();
    }
}
