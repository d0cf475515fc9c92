package io.github.natexd.cli.paths;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeasesTest {
    @TempDir
    private Path directory;

    @Test
    void theLastLeaseOfAnAddressCounts() throws IOException {
        Leases leases = leases("""
                # All times in this file are in UTC (GMT), not your local timezone.
                lease 192.168.44.128 {
                	starts 0 2026/11/29 07:00:00;
                	hardware ethernet 00:0c:29:aa:bb:01;
                	client-hostname "debian";
                }
                lease 192.168.44.129 { hardware ethernet 00:0c:29:aa:bb:02; }
                lease 192.168.44.128 {
                	client-hostname "debian12";
                }
                """);

        assertEquals(Optional.of("debian12"), leases.name("192.168.44.128"));
        assertEquals(Optional.empty(), leases.name("192.168.44.129"));
        assertEquals(Optional.empty(), leases.name("192.168.44.130"));
    }

    /** Guests choose their names. */
    @Test
    void aNameWithControlCharactersIsNotShown() throws IOException {
        Leases leases = leases("lease 192.168.44.128 { client-hostname \"a\u001b[2Jb\"; }");

        assertEquals(Optional.empty(), leases.name("192.168.44.128"));
    }

    @Test
    void aDamagedOrMissingFileHasNoNames() throws IOException {
        assertEquals(
                Optional.empty(),
                leases("lease 192.168.44.128 { client-hostname \"x").name("192.168.44.128"));
        assertEquals(Optional.empty(), Leases.read(directory.resolve("none")).name("192.168.44.128"));
        assertEquals(Optional.empty(), Leases.read(directory).name("192.168.44.128"));
    }

    private Leases leases(String text) throws IOException {
        return Leases.read(Files.writeString(directory.resolve("dhcpd.leases"), text, StandardCharsets.ISO_8859_1));
    }
}
