package io.github.natexd.cli.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.natexd.lab.Lab;
import io.github.natexd.lab.LabOptions;
import io.github.natexd.lab.Node;
import io.github.natexd.lab.Topology;
import io.github.natexd.testkit.LabNatexd;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code natexctl bugreport} as installed, in the lab's host, beside a running natexd. */
class BugreportLabTest {
    private static final String NATEXCTL =
            LabNatexd.tree().resolve("bin/natexctl").toString();
    private static final Pattern ADDRESS = Pattern.compile(
            "\\b\\d{1,3}(\\.\\d{1,3}){3}\\b|\\b([0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}\\b|[0-9a-f]+::[0-9a-f]");

    private static final int USER = 4711;
    private static final int GROUP = 4712;

    @Test
    void hasAllThatAReportNeedsAndMasksEveryAddressTheSameWay() throws Exception {
        try (Lab lab = Lab.up(LabOptions.defaults());
                LabNatexd natexd = LabNatexd.start(lab)) {
            lab.exec(Node.GUEST1, "traceroute", "-n", "-q1", "-w2", Topology.TARGET);
            Map<String, String> plain = report(lab, "plain.tar.gz");
            Map<String, String> masked = report(lab, "masked.tar.gz", "--mask-addresses");

            assertEquals(
                    "[doctor.json, doctor.txt, log.txt, natexd.toml, network.txt, rules.txt, status.json, versions.txt]",
                    plain.keySet().toString(),
                    natexd.log());
            assertTrue(plain.get("network.txt").contains(Topology.HOST_ON_GUEST_NETWORK), plain.get("network.txt"));
            assertTrue(plain.get("network.txt").contains("00:50:56:c0:00:08"));
            assertTrue(plain.get("rules.txt").contains("natexd-rules: complete"), plain.get("rules.txt"));
            assertTrue(plain.get("versions.txt").contains("natexctl "), plain.get("versions.txt"));
            assertTrue(plain.get("natexd.toml").contains("interface = \"vmnet8\""), plain.get("natexd.toml"));
            var json = new ObjectMapper();
            assertEquals(
                    1, json.readTree(plain.get("doctor.json")).at("/version").asInt());
            assertEquals(
                    natexd.pid(),
                    json.readTree(plain.get("status.json")).at("/pid").asLong());

            masked.forEach(
                    (name, text) -> assertFalse(ADDRESS.matcher(text).find(), () -> name + ": " + firstAddress(text)));
            assertEquals(plain.keySet(), masked.keySet());
            String guestNetwork = json.readTree(masked.get("status.json"))
                    .at("/guestNetwork/address")
                    .asText();
            assertTrue(guestNetwork.matches("ipv4-\\d+/24"), guestNetwork);
            assertTrue(masked.get("network.txt").contains("inet " + guestNetwork), masked.get("network.txt"));
            assertTrue(masked.get("doctor.txt").contains("vmnet8, " + guestNetwork), masked.get("doctor.txt"));
        }
    }

    @Test
    void worksWithoutNatexdAndOverwritesNothing() throws Exception {
        try (Lab lab = Lab.up(LabOptions.defaults())) {
            Map<String, String> report = report(lab, "stopped.tar.gz");
            assertTrue(report.get("doctor.txt").contains("natexd is not running"), report.get("doctor.txt"));
            String error = new ObjectMapper()
                    .readTree(report.get("status.json"))
                    .at("/error")
                    .asText();
            assertTrue(error.contains("natexd is not running"), error);

            Lab.Result again = lab.exec(
                    Node.HOST,
                    NATEXCTL,
                    "bugreport",
                    "--output",
                    lab.directory().resolve("stopped.tar.gz").toString());
            assertEquals(73, again.exitCode(), again::output);
            assertTrue(again.output().contains("exists; remove it or choose another"), again::output);
        }
    }

    @Test
    @DisplayName("root follows no link that the owner of the folder puts in the report's place")
    void followsNoLink() throws Exception {
        try (Lab lab = Lab.up(LabOptions.defaults())) {
            Path folder = folderOfAnotherUser(lab);
            Path precious = Files.writeString(lab.directory().resolve("precious"), "root's");
            Path report = folder.resolve("report.tar.gz");

            Lab.Result exchanged = lab.exec(
                    Node.HOST,
                    "sh",
                    "-c",
                    "\"$@\" & for try in $(seq 1000); do [ -e " + report + " ] && break; sleep 0.02; done;" + " ln -sf "
                            + precious + " " + report + "; wait $!",
                    "sh",
                    NATEXCTL,
                    "bugreport",
                    "--output",
                    report.toString());

            assertEquals(0, exchanged.exitCode(), exchanged::output);
            assertEquals(precious, Files.readSymbolicLink(report), exchanged::output);
            assertEquals("root's", Files.readString(precious, StandardCharsets.ISO_8859_1));

            Path nowhere = lab.directory().resolve("nowhere");
            Path planted = Files.createSymbolicLink(folder.resolve("planted.tar.gz"), nowhere);
            Lab.Result refused = lab.exec(Node.HOST, NATEXCTL, "bugreport", "--output", planted.toString());
            assertEquals(73, refused.exitCode(), refused::output);
            assertTrue(refused.output().contains(planted + " exists; remove it"), refused::output);
            assertFalse(Files.exists(nowhere));
        }
    }

    @Test
    void belongsToTheUserWhoCalledSudo() throws Exception {
        try (Lab lab = Lab.up(LabOptions.defaults())) {
            Path report = folderOfAnotherUser(lab).resolve("report.tar.gz");

            Lab.Result result = bySudo(lab, report);

            assertEquals(0, result.exitCode(), result::output);
            assertEquals(USER, Files.getAttribute(report, "unix:uid"));
            assertEquals(GROUP, Files.getAttribute(report, "unix:gid"));
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(report)));
            assertEquals(0, lab.exec(Node.HOST, "gzip", "-t", report.toString()).exitCode());
        }
    }

    private static Lab.Result bySudo(Lab lab, Path report) {
        return lab.exec(
                Node.HOST,
                "env",
                "SUDO_UID=" + USER,
                "SUDO_GID=" + GROUP,
                NATEXCTL,
                "bugreport",
                "--output",
                report.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"rwxr-xr-x", "rwxrwxr-x"})
    @DisplayName("who may only call this command by sudo gets no file in root's folders")
    void staysRootsWhereTheCallerOfSudoMayNotCreateFiles(String mode) throws Exception {
        try (Lab lab = Lab.up(LabOptions.defaults())) {
            Path folder = Files.createDirectory(lab.directory().resolve("folder"));
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(mode));
            Path report = folder.resolve("report.tar.gz");

            Lab.Result result = bySudo(lab, report);

            assertEquals(0, result.exitCode(), result::output);
            assertEquals(0, Files.getAttribute(report, "unix:uid"));
            assertEquals(0, Files.getAttribute(report, "unix:gid"));
            String notice = "user " + USER + " may not create " + report + " (EACCES), so the file belongs to root";
            assertTrue(result.output().contains(notice), result::output);
            assertEquals(0, lab.exec(Node.HOST, "gzip", "-t", report.toString()).exitCode());
        }
    }

    private static Path folderOfAnotherUser(Lab lab) throws IOException {
        Path folder = Files.createDirectory(lab.directory().resolve("folder"));
        Files.setAttribute(folder, "unix:uid", USER);
        return folder;
    }

    /** Makes a report; returns its files. */
    private static Map<String, String> report(Lab lab, String name, String... options) throws Exception {
        Path file = lab.directory().resolve(name);
        Path configuration = lab.directory().resolve("natexd/natexd.toml");
        if (!Files.exists(configuration)) {
            configuration = Files.writeString(
                    lab.directory().resolve("report.toml"),
                    "guest-network.interface = \"vmnet8\"\ncontrol.socket = \"" + lab.directory() + "/none\"\n");
        }
        var command = new java.util.ArrayList<>(java.util.List.of(
                NATEXCTL, "bugreport", "--output", file.toString(), "--config", configuration.toString()));
        command.addAll(java.util.List.of(options));
        Lab.Result result = lab.exec(Node.HOST, command);
        assertEquals(0, result.exitCode(), result::output);
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));

        Path directory = Files.createDirectory(lab.directory().resolve(name + "-files"));
        Lab.Result unpacked =
                lab.exec(Node.HOST, "tar", "-C", directory.toString(), "--strip-components=1", "-xzf", file.toString());
        assertEquals(0, unpacked.exitCode(), unpacked::output);
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> paths = Files.list(directory)) {
            for (Path path : paths.toList()) {
                files.put(path.getFileName().toString(), Files.readString(path));
                assertTrue(result.output().contains("  " + path.getFileName() + " "), result::output);
            }
        }
        return files;
    }

    private static String firstAddress(String text) {
        return ADDRESS.matcher(text).results().findFirst().orElseThrow().group();
    }
}
