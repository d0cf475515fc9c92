package io.github.natexd.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.config.Config;
import io.github.natexd.config.ConfigReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a reload takes over, and what it leaves to a restart (R50). */
class ChangesTest {
    private static final Path SHIPPED = Path.of("src/main/dist/etc/natexd.toml");

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "guest-network.interface = \"vmnet1\"; guest-network.interface: from VMware's file -> vmnet1",
                "relay.errors = [\"time-exceeded\"]; relay.errors: time-exceeded, destination-unreachable -> time-exceeded",
                "relay.reinject = \"verdict\"; relay.reinject: frame -> verdict",
                "relay.static-guest = \"192.168.44.100\"; relay.static-guest: none -> 192.168.44.100",
                "relay.max-errors-per-second = 1; relay.max-errors-per-second: 10000 -> 1",
                "probes.max-ttl = 255; probes.max-ttl: 60 -> 255",
                "probes.lifetime-seconds = 5; probes.lifetime-seconds: 30 -> 5",
                "rules.manage = false; rules.manage: true -> false",
                "keepalive.enabled = true; keepalive.enabled: false -> true (takes effect when natexd-keepalive restarts)",
                "keepalive.idle-seconds = 1; keepalive.idle-seconds: 60 -> 1 (takes effect when natexd-keepalive restarts)",
                "keepalive.interval-seconds = 1; keepalive.interval-seconds: 15 -> 1 (takes effect when natexd-keepalive restarts)",
                "keepalive.count = 1; keepalive.count: 4 -> 1 (takes effect when natexd-keepalive restarts)",
                "keepalive.user-timeout-seconds = 9; keepalive.user-timeout-seconds: none -> 9 (takes effect when natexd-keepalive restarts)",
            })
    @DisplayName("R50: taken over at once")
    void isTakenOver(String setting, String line) throws Exception {
        Config read = read(setting);
        Changes changes = Changes.between(Config.defaults(), read);

        assertEquals(List.of(line), changes.reloaded());
        assertEquals(List.of(), changes.needRestart());
        assertEquals(read, changes.effective());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "queue.number = 1; queue.number: 5511 -> 1",
                "queue.max-length = 2; queue.max-length: 1024 -> 2",
                "queue.log-group = 3; queue.log-group: 5511 -> 3",
                "probes.capacity = 4; probes.capacity: 65536 -> 4",
                "control.socket = \"/tmp/s\"; control.socket: /run/natexd/control.sock -> /tmp/s",
                "control.group = \"adm\"; control.group: natexd -> adm",
                "metrics.textfile = \"/tmp/n.prom\"; metrics.textfile: none -> /tmp/n.prom",
                "metrics.interval-seconds = 5; metrics.interval-seconds: 60 -> 5",
            })
    @DisplayName("R50: left to a restart, and told until then")
    void isLeftToARestart(String setting, String line) throws Exception {
        Changes changes = Changes.between(Config.defaults(), read(setting));

        assertEquals(List.of(line), changes.needRestart());
        assertEquals(List.of(), changes.reloaded());
        assertEquals(Config.defaults(), changes.effective());
        assertEquals(
                List.of(line),
                Changes.between(changes.effective(), read(setting)).needRestart());
    }

    @Test
    @DisplayName("every key of the shipped file is known to a reload")
    void everyKeyIsKnown() throws Exception {
        String source = Files.readString(Path.of("src/main/java/io/github/natexd/daemon/Changes.java"));
        List<String> keys = new ArrayList<>();
        String table = "";
        for (String line : Files.readAllLines(SHIPPED)) {
            Matcher key = Pattern.compile("#?([a-z-]+) = .*").matcher(line);
            if (line.startsWith("[")) {
                table = line.substring(1, line.length() - 1);
            } else if (key.matches()) {
                keys.add(table + "." + key.group(1));
            }
        }

        assertFalse(keys.isEmpty());
        for (String key : keys) {
            assertTrue(source.contains('"' + key + '"'), key);
        }
    }

    @Test
    void nothingChangedIsNothingToSay() {
        Changes changes = Changes.between(Config.defaults(), Config.defaults());

        assertEquals(new Changes(Config.defaults(), List.of(), List.of()), changes);
    }

    private Config read(String setting) throws Exception {
        return ConfigReader.read(Files.writeString(directory.resolve("natexd.toml"), setting + "\n"));
    }
}
