package io.github.natexd.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.config.Config;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GuestNetworkTest {
    @TempDir
    private Path directory;

    @Test
    void looksAgainForVmwaresFileWithoutNewsOfLinks() throws Exception {
        Path file = directory.resolve("networking");
        try (GuestNetwork network = new GuestNetwork(file, Config.defaults(), new Status(Notify.to("")))) {
            network.refresh();
            assertEquals(Optional.empty(), network.name());
            long wait = network.idleMillis(System.nanoTime());
            assertTrue(wait > 0 && wait <= 5_000, "a wait of " + wait + " ms");

            Files.writeString(file, "answer VNET_77_NAT yes\nanswer VNET_77_VIRTUAL_ADAPTER yes\n");
            network.refresh();

            assertEquals(Optional.of("vmnet77"), network.name());
            long next = network.idleMillis(System.nanoTime());
            assertTrue(next > 0 && next <= 5_000, "VMware may move NAT to another network before this one is there");
        }
    }
}
