package io.github.natexd.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EffectiveConfigTest {
    @TempDir
    private Path directory;

    @Test
    void eachSettingTellsTheLineThatSetsIt() throws Exception {
        EffectiveConfig config = read("probes.max-ttl = 61\n[relay]\n\nreinject = \"frame\"\n");

        assertEquals(1, setting(config, "probes.max-ttl").line());
        assertEquals(4, setting(config, "relay.reinject").line(), "though it is the default");
        assertEquals(Setting.DEFAULT, setting(config, "queue.number").line());
        assertEquals(61L, setting(config, "probes.max-ttl").value());
        assertNull(setting(config, "relay.static-guest").value());
        assertEquals("", setting(config, "relay.static-guest").toml());
        assertEquals(
                "[\"time-exceeded\", \"destination-unreachable\"]",
                setting(config, "relay.errors").toml());
    }

    @Test
    void everyKeyOfTheShippedFileIsASetting() throws Exception {
        List<String> shipped = Files.readAllLines(Path.of("src/main/dist/etc/natexd.toml")).stream()
                .filter(line -> line.matches("#[a-z-]+ = .*"))
                .map(line -> line.substring(1, line.indexOf(' ')))
                .toList();

        assertEquals(
                shipped,
                EffectiveConfig.defaults().settings().stream().map(Setting::key).toList());
        assertEquals(Optional.empty(), EffectiveConfig.defaults().file());
    }

    @Test
    void whatWaitsForARestartIsNotWhatTheFileSays() throws Exception {
        EffectiveConfig read = read("queue.number = 1\nprobes.max-ttl = 61\n");
        Config.Queue before = Config.defaults().queue();
        Config running = new Config(
                before,
                read.config().guestNetwork(),
                read.config().relay(),
                read.config().probes(),
                read.config().rules(),
                read.config().control(),
                read.config().metrics(),
                read.config().keepalive());

        EffectiveConfig inEffect = read.inEffect(running);

        assertEquals(5511L, setting(inEffect, "queue.number").value());
        assertEquals(Setting.BEFORE, setting(inEffect, "queue.number").line());
        assertEquals(2, setting(inEffect, "probes.max-ttl").line());
    }

    private EffectiveConfig read(String text) throws Exception {
        return ConfigReader.readEffective(Files.writeString(directory.resolve("natexd.toml"), text));
    }

    private static Setting setting(EffectiveConfig config, String name) {
        return config.settings().stream()
                .filter(setting -> setting.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
