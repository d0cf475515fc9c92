package io.github.natexd.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigTextTest {
    @TempDir
    private Path directory;

    @Test
    void defaultsAreReadBackAsTheyWere() throws Exception {
        assertEquals(Config.defaults(), ConfigReader.read(write(ConfigText.of(Config.defaults()))));
    }

    /** Sets every key to a value other than its default: if the text omitted a key, it would be read as the default. */
    @Test
    void everyKeyIsWrittenOut() throws Exception {
        Config config = ConfigReader.read(write("""
                [queue]
                number = 1
                max-length = 2
                log-group = 3
                [guest-network]
                interface = "vmnet3"
                [relay]
                errors = ["parameter-problem", "time-exceeded"]
                reinject = "verdict"
                static-guest = "192.168.44.200"
                max-errors-per-second = 11
                [probes]
                max-ttl = 255
                lifetime-seconds = 4
                capacity = 5
                [rules]
                manage = false
                [control]
                socket = "/run/a \\"b\\" \\\\c.sock"
                group = "wheel"
                [metrics]
                textfile = "/tmp/natexd.prom"
                interval-seconds = 6
                [keepalive]
                enabled = true
                idle-seconds = 7
                interval-seconds = 8
                count = 9
                user-timeout-seconds = 10
                """));

        String text = ConfigText.of(config);

        assertEquals(config, ConfigReader.read(write(text)));
        assertTrue(text.contains("static-guest = \"192.168.44.200\""), text);
    }

    private Path write(String text) throws Exception {
        return Files.writeString(directory.resolve("natexd.toml"), text);
    }
}
