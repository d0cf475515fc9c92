package io.github.natexd.cli.doctor;

import io.github.natexd.cli.doctor.Facts.Control;
import io.github.natexd.cli.doctor.Facts.Running;
import io.github.natexd.cli.doctor.Facts.Unit;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The configuration, the process and its service. */
final class DaemonChecks {
    private static final long NEEDED = SystemChecks.NET_ADMIN | SystemChecks.NET_RAW;

    private DaemonChecks() {}

    static Diagnosis configuration(Facts facts) {
        return facts.settings()
                .mistakes()
                .fold(
                        mistakes -> mistakes.isEmpty()
                                ? Diagnosis.ok(facts.settings().file())
                                : Diagnosis.wrong(
                                        String.join("; ", mistakes),
                                        "correct the file (natexctl check-config lists the mistakes); the other checks use the defaults"),
                        why -> Diagnosis.unknown(why + "; the other checks use the defaults", Diagnosis.AS_ROOT));
    }

    static Diagnosis daemon(Facts facts) {
        return facts.daemon()
                .process()
                .fold(
                        running -> running.map(process -> Diagnosis.ok("process " + process.processId()))
                                .orElseGet(() -> Diagnosis.wrong("natexd is not running", Diagnosis.START)),
                        why -> Diagnosis.unknown(why, Diagnosis.AS_ROOT));
    }

    static Diagnosis control(Facts facts) {
        Control control = facts.daemon().control();
        if (control.status().isPresent()) {
            return Diagnosis.ok("version " + control.status().get().version() + ", at " + control.socket());
        }
        if (control.refused()) {
            return Diagnosis.unknown(control.trouble(), control.fix());
        }
        return facts.daemon().running().isPresent()
                ? Diagnosis.wrong(
                        "natexd runs, but does not respond at " + control.socket() + ": " + control.trouble(),
                        "if it uses another socket, name it with --socket or --config; if it hangs: "
                                + Diagnosis.RESTART)
                : Diagnosis.notRunning();
    }

    static Diagnosis service(Facts facts) {
        return facts.service()
                .fold(
                        unit -> unit.map(known -> service(known, facts))
                                .orElseGet(() -> Diagnosis.ok("not needed: systemd does not run here")),
                        why -> Diagnosis.unknown(why, "systemctl status natexd"));
    }

    private static Diagnosis service(Unit unit, Facts facts) {
        if (!unit.load().equals("loaded")) {
            String missing = "there is no " + unit.name() + " (" + unit.load() + ")";
            return facts.daemon().running().isPresent()
                    ? Diagnosis.ok("natexd was started by hand; " + missing)
                    : Diagnosis.unknown(missing, "install natexd's package, or ./dev install");
        }
        if (unit.active().equals("failed")) {
            return Diagnosis.wrong(
                    unit.name() + " has failed",
                    "see why: journalctl -u " + unit.name() + "; then sudo systemctl restart " + unit.name());
        }
        if (!unit.active().equals("active")) {
            return Diagnosis.wrong(unit.name() + " is " + unit.active(), "sudo systemctl start " + unit.name());
        }
        return unit.enabled().startsWith("enabled")
                ? Diagnosis.ok(unit.name() + " is active, and " + unit.enabled())
                : Diagnosis.wrong(
                        unit.name() + " is " + unit.enabled() + ": it will not start at the next boot",
                        "sudo systemctl enable " + unit.name());
    }

    static Diagnosis capabilities(Facts facts) {
        Optional<Running> running = facts.daemon().running();
        if (running.isEmpty()) {
            return facts.service()
                    .orElse(Optional.empty())
                    .filter(unit -> unit.load().equals("loaded"))
                    .flatMap(DaemonChecks::withheld)
                    .orElseGet(Diagnosis::notRunning);
        }
        return running.get()
                .capabilities()
                .fold(DaemonChecks::capabilities, why -> Diagnosis.unknown(why, Diagnosis.AS_ROOT));
    }

    /** natexd exits at once if it lacks its capabilities: then only the unit shows which. */
    private static Optional<Diagnosis> withheld(Unit unit) {
        String missing = missing(
                unit.capabilities().contains("cap_net_admin"),
                unit.capabilities().contains("cap_net_raw"));
        return missing.isEmpty()
                ? Optional.empty()
                : Optional.of(Diagnosis.wrong(
                        unit.name() + " does not grant natexd " + missing,
                        "add them to AmbientCapabilities= and CapabilityBoundingSet=, see: systemctl cat "
                                + unit.name()));
    }

    private static Diagnosis capabilities(long effective) {
        String missing = missing((effective & SystemChecks.NET_ADMIN) != 0, (effective & SystemChecks.NET_RAW) != 0);
        if (!missing.isEmpty()) {
            return Diagnosis.wrong(
                    "natexd lacks " + missing,
                    "start it with systemd (AmbientCapabilities= in natexd.service) or as root");
        }
        return Diagnosis.ok(
                effective == NEEDED
                        ? "CAP_NET_ADMIN and CAP_NET_RAW, no more"
                        : "CAP_NET_ADMIN and CAP_NET_RAW, and others that it does not need");
    }

    private static String missing(boolean netAdmin, boolean netRaw) {
        return ((netAdmin ? "" : "CAP_NET_ADMIN ") + (netRaw ? "" : "CAP_NET_RAW")).strip();
    }

    static Diagnosis health(Facts facts) {
        Optional<DaemonStatus> status = facts.daemon().control().status();
        if (status.isEmpty()) {
            return NatChecks.silent(facts);
        }
        if (!status.get().present() && !facts.guestNetwork().isUp()) {
            return Diagnosis.unknown("natexd waits for the guest network", Diagnosis.INTERFACE_FIRST);
        }
        String used = status.get().interfaceName().orElse("no guest network");
        String known = facts.guestNetwork().name().orElse(used);
        if (!used.equals(known)) {
            return Diagnosis.wrong("natexd uses " + used + ", but the guest network is " + known, Diagnosis.RESTART);
        }
        List<DaemonStatus.Trouble> problems = status.get().problems();
        if (!problems.isEmpty()) {
            return Diagnosis.wrong(
                    joined(problems, DaemonStatus.Trouble::problem), joined(problems, DaemonStatus.Trouble::fix));
        }
        List<DaemonStatus.Trouble> warnings = status.get().warnings();
        return warnings.isEmpty()
                ? Diagnosis.ok("it reports neither problems nor warnings")
                : Diagnosis.warning(
                        joined(warnings, DaemonStatus.Trouble::problem) + "; counted since "
                                + status.get().startedAt() + ", when natexd started "
                                + ago(status.get().uptimeSeconds()) + "; none while doctor ran",
                        joined(warnings, DaemonStatus.Trouble::fix)
                                + "; if it does not happen again, there is nothing to do");
    }

    private static String joined(List<DaemonStatus.Trouble> troubles, Function<DaemonStatus.Trouble, String> part) {
        return troubles.stream().map(part).collect(Collectors.joining("; "));
    }

    /** With the largest unit that fits twice. */
    private static String ago(long seconds) {
        if (seconds < 2 * 60) {
            return seconds + " s ago";
        }
        long minutes = seconds / 60;
        if (minutes < 2 * 60) {
            return minutes + " min ago";
        }
        long hours = minutes / 60;
        return hours < 2 * 24 ? hours + " h ago" : hours / 24 + " days ago";
    }
}
