package io.github.natexd.cli.doctor;

import com.google.gson.JsonParseException;
import io.github.natexd.cli.doctor.Facts.Firewall;
import io.github.natexd.cli.doctor.Facts.Rules;
import io.github.natexd.config.Config;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The rules of the packet filter: natexd's, as their script reports them, and those of others. */
final class RulesFacts {
    private static final String ONLY_ROOT = "only root can see the packet filter";
    private final Path script;
    private final Config config;
    private final Fact<Ruleset> ruleset;

    RulesFacts(Path script, Config config, boolean nftThere) {
        this.script = script;
        this.config = config;
        ruleset = nftThere ? list() : Fact.unknown("nft is missing");
    }

    /** Without the elements of sets: there may be a million. */
    private static Fact<Ruleset> list() {
        return Fact.of("the packet filter", () -> Program.run(List.of("nft", "-j", "-t", "list", "ruleset")))
                .fold(RulesFacts::ruleset, Fact::unknown);
    }

    private static Fact<Ruleset> ruleset(Program.Result answer) {
        if (answer.exitCode() != 0) {
            return Fact.unknown(
                    answer.text().contains("Operation not permitted")
                            ? ONLY_ROOT
                            : "nft -j list ruleset failed: " + answer.text());
        }
        try {
            return Fact.known(Ruleset.parse(answer.text()));
        } catch (JsonParseException e) {
            return Fact.unknown("nft -j list ruleset printed no rules: " + e.getMessage());
        }
    }

    Rules rules(Optional<String> interfaceName) {
        Fact<Program.Result> answer = interfaceName
                .map(name -> Fact.of("the rules", () -> status(name)))
                .orElseGet(() -> Fact.unknown("the guest network is not known"));
        return new Rules(script, answer, ruleset.fold(known -> Fact.known(known.passed()), Fact::unknown));
    }

    private Program.Result status(String interfaceName) throws IOException {
        List<String> command = new ArrayList<>(List.of(script.toString(), "status"));
        command.addAll(config.rulesOptions(interfaceName));
        Program.Result answer = Program.run(command);
        return new Program.Result(answer.exitCode(), answer.text().replaceFirst("^natexd-rules: ", ""));
    }

    Firewall firewall(Proc proc) {
        return new Firewall(
                ruleset,
                Fact.of("the tables of iptables-legacy", () -> legacyTables(proc)),
                Fact.of("IPv4 forwarding", () -> proc.lines("sys/net/ipv4/ip_forward")
                        .equals(List.of("1"))));
    }

    /** If there is no such file, iptables-legacy is not loaded. */
    private static List<String> legacyTables(Proc proc) throws IOException {
        try {
            return proc.lines("thread-self/net/ip_tables_names");
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }
}
