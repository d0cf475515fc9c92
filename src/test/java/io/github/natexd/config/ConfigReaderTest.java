package io.github.natexd.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.config.Config.ErrorKind;
import io.github.natexd.config.Config.Reinject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each kind of mistake is reported with its place and with what to write instead. */
class ConfigReaderTest {
    private static final Path SHIPPED = Path.of("src/main/dist/etc/natexd.toml");

    @TempDir
    private Path directory;

    /** A file from which every read fails with EIO. */
    @Test
    void aFileThatTheSystemCannotReadIsNoMistake() {
        ConfigException unread =
                assertThrows(ConfigException.class, () -> ConfigReader.read(Path.of("/proc/self/mem")));
        ConfigException missing =
                assertThrows(ConfigException.class, () -> ConfigReader.read(Path.of("/nowhere/natexd.toml")));

        assertFalse(unread.isMistake(), unread::getMessage);
        assertTrue(missing.isMistake(), missing::getMessage);
    }

    @Test
    void anEmptyFileMeansAllDefaults() throws Exception {
        assertEquals(Config.defaults(), read(""));
    }

    @Test
    void theShippedFileMeansAllDefaults() throws Exception {
        assertEquals(Config.defaults(), ConfigReader.read(SHIPPED));
    }

    @Test
    void theShippedFileNamesEveryKeyWithItsDefault() throws Exception {
        // The four keys without a fixed default have an example there.
        String uncommented = Files.readString(SHIPPED)
                .replaceAll("(?m)^#(interface|static-guest|textfile|user-timeout-seconds) =.*$", "")
                .replaceAll("(?m)^#(?=[a-z])", "");

        assertEquals(Config.defaults(), read(uncommented));
        for (String key : List.of("interface", "static-guest", "textfile", "user-timeout-seconds")) {
            assertTrue(Files.readString(SHIPPED).contains("\n#" + key + " = "), key);
        }
        assertEquals(
                21,
                Files.readString(SHIPPED)
                        .lines()
                        .filter(line -> line.matches("#[a-z-]+ = .*"))
                        .count());
    }

    @Test
    void readsEveryKey() throws Exception {
        Config config = read("""
                [queue]
                number = 7
                max-length = 8
                log-group = 9
                [guest-network]
                interface = "vmnet3"
                [relay]
                errors = ["parameter-problem", "time-exceeded"]
                reinject = "verdict"
                static-guest = "192.168.44.100"
                max-errors-per-second = 1_000_000
                [probes]
                max-ttl = 255
                lifetime-seconds = 5
                capacity = 1_000
                [rules]
                manage = false
                [control]
                socket = "/tmp/natexd.sock"
                group = "net-dev"
                [metrics]
                textfile = "/tmp/natexd.prom"
                interval-seconds = 15
                [keepalive]
                enabled = true
                idle-seconds = 32767
                interval-seconds = 7
                count = 127
                user-timeout-seconds = 90
                """);

        assertEquals(new Config.Queue(7, 8, 9), config.queue());
        assertEquals(Optional.of("vmnet3"), config.guestNetwork().interfaceName());
        assertEquals(
                EnumSet.of(ErrorKind.PARAMETER_PROBLEM, ErrorKind.TIME_EXCEEDED),
                config.relay().errors());
        assertEquals(Reinject.VERDICT, config.relay().reinject());
        assertEquals(OptionalInt.of(0xc0a82c64), config.relay().staticGuest());
        assertEquals(1_000_000, config.relay().maxErrorsPerSecond());
        assertEquals(new Config.Probes(255, 5, 1000), config.probes());
        assertEquals(new Config.Rules(false), config.rules());
        assertEquals(new Config.Control("/tmp/natexd.sock", "net-dev"), config.control());
        assertEquals(new Config.Metrics(Optional.of("/tmp/natexd.prom"), 15), config.metrics());
        assertEquals(new Config.Keepalive(true, 32_767, 7, 127, OptionalInt.of(90)), config.keepalive());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                // Unknown names.
                "[queue]%nnumbr = 1 | 2:1: unknown key numbr in [queue]; did you mean number?",
                "[probes]%nmax_ttl = 1 | 2:1: unknown key max_ttl in [probes]; did you mean max-ttl?",
                "[queue]%n%n  max-ttl = 9 | 3:3: unknown key max-ttl in [queue]; write it below [probes]",
                "[rules]%nfoo = 1 | 2:1: unknown key foo in [rules]; its keys are manage",
                "[quue]%nx = 1 | 1:1: unknown table [quue]; did you mean [queue]?",
                "[guest_network] | 1:1: unknown table [guest_network]; did you mean [guest-network]?",
                "[firewall] | 1:1: unknown table [firewall]; the tables are [queue, guest-network, relay",
                "max-ttl = 60 | 1:1: unknown key max-ttl; write it below [probes]",
                // Wrong types.
                "[queue]%nnumber = \"5\" | 2:1: number is text (\"5\"); write a whole number from 0 to 65535, like 5511",
                "[queue]%nnumber = 1.5 | 2:1: number is a number with a fraction (1.5); write a whole number",
                "[rules]%nmanage = \"no\" | 2:1: manage is text (\"no\"); write true or false, without quotes",
                "[rules]%nmanage = 1 | 2:1: manage is a number (1); write true or false",
                "[control]%nsocket = [] | 2:1: socket is a list; write text in double quotes, like \"/run/natexd",
                "[guest-network]%ninterface = 8 | 2:1: interface is a number (8); write text in double quotes",
                "[relay]%nerrors = \"time-exceeded\" | 2:1: errors is text (\"time-exceeded\"); write a list, like",
                "[relay]%nerrors = [1] | 2:11: errors has a number (1); write one of \"time-exceeded\", \"dest",
                "[relay]%nreinject = true | 2:1: reinject has a boolean (true); write one of \"frame\", \"verdict\"",
                "queue = 5511 | 1:1: queue is a table, not a value; write [queue] on a line of its own",
                "[[queue]]%nnumber = 1 | 1:1: queue is a table, not a value; write [queue]",
                // Values out of range.
                "[queue]%nnumber = 65536 | 2:1: number = 65536 is out of range; write a whole number from 0 to 65535",
                "[queue]%nmax-length = 0 | 2:1: max-length = 0 is out of range; write a whole number from 1 to 65535",
                "[queue]%nlog-group = -1 | 2:1: log-group = -1 is out of range; write a whole number from 0",
                "[relay]%nmax-errors-per-second = 0 | 2:1: max-errors-per-second = 0 is out of range; write a whole number",
                "[relay]%nmax-errors-per-second = 1000001 | 2:1: max-errors-per-second = 1000001 is out of range; write",
                "[probes]%nmax-ttl = 256 | 2:1: max-ttl = 256 is out of range; write a whole number from 1 to 255",
                "[probes]%nlifetime-seconds = 0 | 2:1: lifetime-seconds = 0 is out of range; write a whole number",
                "[probes]%ncapacity = 1048577 | 2:1: capacity = 1048577 is out of range; write a whole number from 1 to",
                // Unknown words.
                "[relay]%nreinject = \"Frame\" | 2:1: reinject cannot be \"Frame\"; did you mean \"frame\"?",
                "[relay]%nreinject = \"xyz\" | 2:1: reinject cannot be \"xyz\"; write one of \"frame\", \"verdict\"",
                "[relay]%nerrors = [\"time-exeeded\"] | 2:11: errors cannot be \"time-exeeded\"; did you mean \"time-ex",
                "[relay]%nerrors = [\"echo\"] | 2:11: errors cannot be \"echo\"; write one of \"time-exceeded\", \"des",
                "[relay]%nerrors = [] | 2:1: errors is an empty list; write at least one of \"time-exceeded\"",
                // Addresses, paths, names.
                "[relay]%nstatic-guest = \"192.168.44\" | 2:1: \"192.168.44\" is not an IPv4 address; write four numbers",
                "[relay]%nstatic-guest = \"192.168.44.256\" | 2:1: \"192.168.44.256\" is not an IPv4 address; write four",
                "[relay]%nstatic-guest = \"192.168.044.1\" | 2:1: \"192.168.044.1\" is not an IPv4 address; write four",
                "[relay]%nstatic-guest = \"guest\" | 2:1: \"guest\" is not an IPv4 address; write four numbers",
                "[relay]%nstatic-guest = \"224.0.0.1\" | 2:1: \"224.0.0.1\" cannot be a guest's address; write the address",
                "[control]%ngroup = \"net dev\" | 2:1: \"net dev\" cannot be the name of a group; write one like \"natexd\"",
                "[metrics]%ntextfile = \"natexd.prom\" | 2:1: \"natexd.prom\" is not a file that node_exporter reads; write",
                "[metrics]%ntextfile = \"/tmp/natexd\" | 2:1: \"/tmp/natexd\" is not a file that node_exporter reads; write",
                "[metrics]%ninterval-seconds = 1 | 2:1: interval-seconds = 1 is out of range; write a whole number from 5",
                "[keepalive]%nenabled = 1 | 2:1: enabled is a number (1); write true or false, without quotes",
                "[keepalive]%nidle-seconds = 32768 | 2:1: idle-seconds = 32768 is out of range; write a whole number from 1",
                "[keepalive]%ninterval-seconds = 0 | 2:1: interval-seconds = 0 is out of range; write a whole number from 1",
                "[keepalive]%ncount = 128 | 2:1: count = 128 is out of range; write a whole number from 1 to 127, like 4",
                "[keepalive]%nuser-timeout-seconds = 0 | 2:1: user-timeout-seconds = 0 is out of range; write a whole",
                "[keepalive]%nuser-timeout-seconds = \"1\" | 2:1: user-timeout-seconds is text (\"1\"); write a whole",
                "[control]%nsocket = \"natexd.sock\" | 2:1: \"natexd.sock\" is not an absolute path; write one that begins",
                "[guest-network]%ninterface = \"a/b\" | 2:1: \"a/b\" cannot be the name of an interface; write one",
                "[guest-network]%ninterface = \"\" | 2:1: \"\" cannot be the name of an interface; write one",
                "[guest-network]%ninterface = \"abcdefghijklmnop\" | 2:1: \"abcdefghijklmnop\" cannot be the name",
                // Duplicates.
                "[queue]%nnumber = 1%nnumber = 2 | 3:1: number previously defined at line 2, column 1; keep only one",
                "[queue]%n[rules]%n[queue] | 3:1: queue previously defined at line 1, column 1; keep only one",
                "[relay]%nerrors = [\"time-exceeded\", \"time-exceeded\"] | 2:28: \"time-exceeded\" is in errors twice",
                // Syntax.
                "[queue%nnumber = 1 | 1:7: Unexpected end of line, expected ]; close the bracket",
                "[queue]%nnumber = | 2:9: Unexpected end of input, expected a value; write key = value",
                "[queue]%nnumber | 2:7: Unexpected end of input, expected . or =; write key = value",
                "[rules]%nmanage = yes | 2:10: Unexpected 'y', expected a value; write key = value, with text in double",
                "[relay]%nstatic-guest = 192.168.44.100 | 2:23: Unexpected '.', expected a newline",
                "[control]%nsocket = \"/run/x%n | 2:17: Unexpected end of line, expected \" or a character; close the",
                "[queue]%nnumber = 010 | 2:10: Leading zeros are not allowed; write a plain decimal number",
                "[queue]%nnumber = 99999999999999999999 | 2:10: Integer is too large; write a plain decimal number",
            })
    void tellsTheMistakeItsPlaceAndWhatToWrite(String text, String expected) throws IOException {
        ConfigException refused = refused(text.replace("%n", "\n"));

        assertEquals(1, refused.problems().size(), refused.getMessage());
        String start = refused.file() + ":" + expected;
        assertTrue(
                refused.getMessage().startsWith(start),
                () -> refused.getMessage() + "\n does not start with\n" + start);
    }

    @Test
    void tellsAllProblemsAtOnceInTheOrderOfTheLines() throws IOException {
        ConfigException refused = refused("""
                [que]
                [probes]
                max-ttl = 0
                lifetime = 3
                [relay
                [rules]
                manage = "yes"
                """);

        assertEquals(
                List.of(1, 3, 4, 5, 7),
                refused.problems().stream().map(ConfigException.Problem::line).toList(),
                refused.getMessage());
        assertEquals(5, refused.getMessage().lines().count());
    }

    @Test
    void refusesASocketPathThatTheKernelCannotHold() throws IOException {
        ConfigException refused = refused("[control]\nsocket = \"/" + "x".repeat(107) + "\"");

        assertTrue(refused.getMessage().contains(":2:1: the path of a unix socket has at most 107 octets; write"));
    }

    @Test
    void saysThatTheFileIsMissing() {
        Path missing = directory.resolve("none.toml");

        ConfigException refused = assertThrows(ConfigException.class, () -> ConfigReader.read(missing));

        assertTrue(refused.getMessage().startsWith(missing + ": no such file; create it"), refused.getMessage());
    }

    @Test
    void saysThatTheFileIsADirectoryOrNoTextOrTooLarge() throws IOException {
        Path file = directory.resolve("odd.toml");

        assertTrue(assertThrows(ConfigException.class, () -> ConfigReader.read(directory))
                .getMessage()
                .contains(": is a directory; name a file"));
        Files.write(file, new byte[] {'a', (byte) 0xff});
        assertTrue(assertThrows(ConfigException.class, () -> ConfigReader.read(file))
                .getMessage()
                .contains(": not UTF-8 text; save it in that encoding"));
        Files.write(file, new byte[(1 << 20) + 1]);
        assertTrue(assertThrows(ConfigException.class, () -> ConfigReader.read(file))
                .getMessage()
                .contains(": is larger than 1 MiB"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"\0", "[", "=", "[relay]\nerrors = [[[", "[queue]\nnumber = {", "\"", "'''", "a.b.c = [{}]"})
    void neverFailsInAnotherWay(String text) throws IOException {
        assertTrue(refused(text).getMessage().length() > 0);
    }

    private Config read(String text) throws Exception {
        return ConfigReader.read(write(text));
    }

    private ConfigException refused(String text) throws IOException {
        Path file = write(text);
        return assertThrows(ConfigException.class, () -> ConfigReader.read(file));
    }

    private Path write(String text) throws IOException {
        return Files.writeString(directory.resolve("natexd.toml"), text, StandardCharsets.UTF_8);
    }
}
