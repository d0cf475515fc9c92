package io.github.natexd.cli.doctor;

import io.github.natexd.cli.doctor.Facts.Holder;
import io.github.natexd.cli.doctor.Facts.Passed;
import io.github.natexd.cli.doctor.Facts.Running;
import io.github.natexd.linux.netfilter.Packages;
import java.util.Optional;

/** natexd's own rules, and the queue and log group that they use. */
final class RulesChecks {
    private static final int UNAVAILABLE = 69;
    private static final int NO_PERMISSION = 77;

    private RulesChecks() {}

    static Diagnosis rules(Facts facts) {
        if (facts.guestNetwork().name().isEmpty()) {
            return Diagnosis.unknown(
                    "the guest network is not known, so the expected rules are not known either",
                    Diagnosis.NETWORK_FIRST);
        }
        return facts.rules()
                .answer()
                .fold(answer -> rules(answer, facts), why -> Diagnosis.unknown(why, Diagnosis.AS_ROOT));
    }

    private static Diagnosis rules(Program.Result answer, Facts facts) {
        boolean managed = facts.settings().config().rules().manage();
        boolean absent = facts.daemon().absent();
        String script = "sudo " + facts.rules().script();
        switch (answer.exitCode()) {
            case 0:
                return managed && absent
                        ? Diagnosis.wrong(
                                "natexd is not running, but its rules are loaded (the kernel bypasses the queue, so they do no harm): "
                                        + answer.text(),
                                "start natexd, or remove them: " + script + " remove")
                        : Diagnosis.ok(answer.text());
            case 1:
                if (managed && absent) {
                    return Diagnosis.unknown(
                            "natexd is not running; it loads the rules when it starts", Diagnosis.START);
                }
                if (managed && waits(facts)) {
                    return Diagnosis.unknown(
                            "natexd waits for the guest network, and then loads the rules", Diagnosis.INTERFACE_FIRST);
                }
                return Diagnosis.wrong(
                        answer.text(),
                        managed
                                ? Diagnosis.RESTART
                                : "rules.manage is false: " + script + " install " + options(facts));
            case NO_PERMISSION:
                return Diagnosis.unknown("only root can see the rules", Diagnosis.AS_ROOT);
            case UNAVAILABLE:
                return Diagnosis.wrong(answer.text(), unavailable(facts));
            default:
                return Diagnosis.unknown(
                        "natexd-rules failed: " + answer.text(), "try it: " + script + " status " + options(facts));
        }
    }

    /** Without nft there are no rules; with it, the script lacks a way to queue packets. */
    private static String unavailable(Facts facts) {
        Packages manager = facts.programs().manager();
        return facts.programs().nft().isEmpty() ? manager.installNft() : manager.installIptables();
    }

    private static String options(Facts facts) {
        String guestInterface = facts.guestNetwork().name().orElseThrow();
        return String.join(" ", facts.settings().config().rulesOptions(guestInterface));
    }

    /** natexd may not have read VMware's file yet; that is no fault while the network is not up. */
    private static boolean waits(Facts facts) {
        return facts.daemon()
                .control()
                .status()
                .filter(status -> status.interfaceName().isEmpty()
                        && !facts.guestNetwork().isUp())
                .isPresent();
    }

    static Diagnosis counters(Facts facts) {
        return facts.rules().passed().fold(RulesChecks::counters, why -> Diagnosis.unknown(why, Diagnosis.AS_ROOT));
    }

    private static Diagnosis counters(Passed passed) {
        String counted = passed.probes() + " probes left the host, " + passed.errors() + " ICMP errors came back";
        if (passed.probes() > 0 && passed.errors() > 0) {
            return Diagnosis.ok(counted);
        }
        return Diagnosis.unknown(
                counted,
                passed.probes() == 0
                        ? NatChecks.PROBE
                        : NatChecks.PROBE
                                + "; if no error comes back, run `tcpdump -ni any 'icmp[0] == 11'` on the host meanwhile."
                                + " If it shows errors, the host drops them: a firewall (see firewall below), or"
                                + " rp_filter, if they do not arrive by the route to their router (sysctl -a --pattern"
                                + " rp_filter; 1 is strict). If it shows none, a filter beyond the host drops them, and"
                                + " traceroute on the host shows stars, too");
    }

    static Diagnosis queue(Facts facts) {
        return listener(
                facts,
                facts.listeners().queue(),
                "queue " + facts.settings().config().queue().number(),
                "queue.number");
    }

    static Diagnosis logGroup(Facts facts) {
        return listener(
                facts,
                facts.listeners().logGroup(),
                "log group " + facts.settings().config().queue().logGroup(),
                "queue.log-group");
    }

    private static Diagnosis listener(Facts facts, Fact<Optional<Holder>> listener, String what, String key) {
        return listener.fold(
                holder -> holder.isPresent() ? listener(facts, holder.get(), what, key) : unbound(facts, what),
                why -> Diagnosis.unknown(why, Diagnosis.AS_ROOT));
    }

    private static Diagnosis unbound(Facts facts, String what) {
        if (facts.daemon().running().isPresent()) {
            return Diagnosis.wrong("natexd runs, but no process reads " + what, Diagnosis.RESTART);
        }
        return Diagnosis.unknown("no process reads " + what + "; natexd is not running", Diagnosis.START);
    }

    private static Diagnosis listener(Facts facts, Holder holder, String what, String key) {
        long daemon = facts.daemon().running().map(Running::processId).orElse(0L);
        if (holder.processId() == 0) {
            return Diagnosis.unknown(
                    what + " belongs to port id " + holder.port() + ", whose process is not visible here",
                    "run doctor in the PID namespace of the host");
        }
        String owner = "process " + holder.processId() + " (" + holder.command() + ")";
        if (holder.processId() == daemon) {
            String lost = holder.dropped() == 0 ? "" : "; " + holder.dropped() + " packets did not fit into it";
            return Diagnosis.ok(what + " belongs to natexd" + lost);
        }
        return facts.daemon().process() instanceof Fact.Unknown
                ? Diagnosis.unknown(what + " belongs to " + owner, Diagnosis.AS_ROOT)
                : Diagnosis.wrong(
                        what + " belongs to " + owner,
                        "stop that process, or set " + key + " to an unused number and restart natexd");
    }
}
