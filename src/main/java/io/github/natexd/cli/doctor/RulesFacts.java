package io.github.natexd.cli.doctor;

import io.github.natexd.cli.doctor.Facts.Firewall;
import io.github.natexd.cli.doctor.Facts.Passed;
import io.github.natexd.cli.doctor.Facts.Rules;
import io.github.natexd.config.Config;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What the packet filter has: natexd's rules, as their script and nft tell, and those of others. */
final class RulesFacts {
    private static final String ONLY_ROOT = "only root sees the packet filter";
    private static final String LOG_CHAIN = "table ip natexd {\tchain probes {";
    private static final List<String> QUEUE_CHAINS =
            List.of("table ip natexd {\tchain errors {", "table ip mangle {\tchain NATEXD_QUEUE {");
    /** Not the rule that lets through what came over lo. */
    private static final Pattern COUNTED = Pattern.compile("\\bcounter packets (\\d+) bytes \\d+ (?!return)");

    private final Path script;
    private final Config config;
    private final Fact<String> ruleset;

    RulesFacts(Path script, Config config, boolean nftThere) {
        this.script = script;
        this.config = config;
        ruleset = nftThere ? list() : Fact.unknown("nft is missing");
    }

    private static Fact<String> list() {
        return Fact.of("the packet filter", () -> Program.run(List.of("nft", "list", "ruleset")))
                .fold(
                        answer -> answer.exitCode() == 0
                                ? Fact.known(answer.text())
                                : Fact.unknown(
                                        answer.text().contains("Operation not permitted")
                                                ? ONLY_ROOT
                                                : "nft list ruleset failed: " + answer.text()),
                        Fact::unknown);
    }

    Rules rules(Optional<String> interfaceName) {
        Fact<Program.Result> answer = interfaceName
                .map(name -> Fact.of("the rules", () -> status(name)))
                .orElseGet(() -> Fact.unknown("the guest network is not known"));
        return new Rules(answer, ruleset.fold(text -> Fact.known(passed(text)), Fact::unknown));
    }

    private Program.Result status(String interfaceName) throws IOException {
        Program.Result answer = Program.run(List.of(
                script.toString(),
                "status",
                "--queue",
                String.valueOf(config.queue().number()),
                "--log-group",
                String.valueOf(config.queue().logGroup()),
                "--interface",
                interfaceName,
                "--types",
                config.relay().errors().stream().map(Config.ErrorKind::key).collect(Collectors.joining(",")),
                "--max-ttl",
                String.valueOf(config.probes().maxTtl()),
                "--reinject",
                config.relay().reinject().key()));
        return new Program.Result(answer.exitCode(), answer.text().replaceFirst("^natexd-rules: ", ""));
    }

    /** The sums of the counters in natexd's chains. */
    static Passed passed(String ruleset) {
        long probes = 0;
        long errors = 0;
        String table = "";
        String chain = "";
        for (String line : ruleset.lines().toList()) {
            Matcher counter = COUNTED.matcher(line);
            if (line.startsWith("table ")) {
                table = line;
            } else if (line.startsWith("\tchain ")) {
                chain = table + line;
            } else if (counter.find()) {
                long packets = Long.parseLong(counter.group(1));
                probes += chain.equals(LOG_CHAIN) ? packets : 0;
                errors += QUEUE_CHAINS.contains(chain) ? packets : 0;
            }
        }
        return new Passed(probes, errors);
    }

    Firewall firewall(Proc proc) {
        return new Firewall(
                ruleset,
                Fact.of("iptables of the old kind", () -> legacyTables(proc)),
                Fact.of("IPv4 forwarding", () -> proc.lines("sys/net/ipv4/ip_forward")
                        .equals(List.of("1"))));
    }

    /** No such file: that kind of iptables is not loaded. */
    private static List<String> legacyTables(Proc proc) throws IOException {
        try {
            return proc.lines("thread-self/net/ip_tables_names");
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }
}
