package io.github.natexd.cli.paths;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Any lease file can be read, its names have no control characters, and the last lease counts. */
class LeasesFuzzTest {
    private static final String ADDRESS = "192.168.44.128";

    @FuzzTest
    void anyText(byte[] octets) {
        String text = new String(octets, StandardCharsets.ISO_8859_1);
        Leases leases = Leases.of(text);
        leases.name(ADDRESS).ifPresent(name -> {
            assertTrue(!name.isEmpty() && name.length() <= 255);
            assertTrue(name.chars().noneMatch(c -> c < ' ' || c == 0x7F || c == '"'), name);
        });
        // The brace ends a lease that the file may have left open.
        String later = text + "\n}\nlease " + ADDRESS + " {\n  client-hostname \"last\";\n}\n";
        assertEquals(Optional.of("last"), Leases.of(later).name(ADDRESS));
    }
}
