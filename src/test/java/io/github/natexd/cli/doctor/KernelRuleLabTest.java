package io.github.natexd.cli.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.natexd.cli.doctor.KernelFeatures.Feature;
import io.github.natexd.cli.doctor.KernelFeatures.Presence;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The question to the kernel that doctor falls back on. */
class KernelRuleLabTest {
    @Test
    void nftAndTheKernelsConfigurationSayTheSameAndNothingIsLoaded() throws Exception {
        Feature asked = Checkup.askNft();
        Feature told = new KernelFeatures(Path.of("/")).feature("NFT_QUEUE", "nft_queue");

        Presence expected = told.presence() == Presence.UNKNOWN ? asked.presence() : told.presence();
        assertEquals(expected, asked.presence(), asked + ", " + told);
        assertFalse(asked.presence() == Presence.UNKNOWN, asked::toString);
        Program.Result tables = Program.run(List.of("nft", "list", "tables"));
        assertEquals(0, tables.exitCode(), tables::text);
        assertFalse(tables.text().contains("natexd_doctor"), tables::text);
    }
}
