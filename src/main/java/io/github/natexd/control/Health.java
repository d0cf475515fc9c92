package io.github.natexd.control;

import io.github.natexd.control.StatusReport.Problem;
import io.github.natexd.report.Reason;
import java.util.ArrayList;
import java.util.List;

/** Assesses a {@link StatusReport}: what keeps natexd from working, and what deserves attention. */
final class Health {
    private Health() {}

    static List<Problem> problems(StatusReport report) {
        List<Problem> problems = new ArrayList<>();
        if (report.guestNetwork().interfaceName().isEmpty()) {
            problems.add(new Problem(
                    "no NAT network is known: /etc/vmware/networking has none, and guest-network.interface is not set",
                    "let VMware Workstation set up its networks (vmware-netcfg), or set guest-network.interface"));
        } else if (!report.guestNetwork().present()) {
            problems.add(new Problem(
                    "the guest network " + report.guestNetwork().interfaceName().get() + " is missing or down",
                    "start VMware's networks: sudo vmware-networks --start"));
        } else if (report.guestNetwork().address().isEmpty()) {
            problems.add(new Problem(
                    "the guest network " + report.guestNetwork().interfaceName().get()
                            + " has no IPv4 address; natexd waits for one",
                    "restart VMware's networks: sudo vmware-networks --stop; sudo vmware-networks --start"));
        }
        switch (report.rules().state()) {
            case LOADED, UNMANAGED -> {}
            case PENDING -> {
                // Without the guest network's name there are no rules; the problem above reports that.
                if (report.guestNetwork().interfaceName().isPresent()) {
                    problems.add(new Problem(
                            "the packet filter rules are not loaded yet", "wait a moment: natexctl wait --timeout 10"));
                }
            }
            case WAITING ->
                problems.add(new Problem(report.rules().detail(), report.rules().remedy()));
            case FAILED ->
                problems.add(new Problem(
                        "the packet filter rules are not loaded: "
                                + report.rules().detail(),
                        "remove the cause, then: sudo systemctl restart natexd"));
            case MISSING ->
                problems.add(new Problem(
                        "rules.manage is false, and the packet filter rules that natexd needs are not loaded: "
                                + report.rules().detail(),
                        report.rules().remedy()));
        }
        return List.copyOf(problems);
    }

    static List<Problem> warnings(StatusReport report) {
        List<Problem> warnings = new ArrayList<>();
        if (report.relay().queueOverflows() > 0) {
            warnings.add(new Problem(
                    report.relay().queueOverflows()
                            + " errors went to the host unchanged because natexd did not read the queue in time",
                    "raise queue.max-length (now " + report.limits().queueMaxLength() + ")"));
        }
        if (report.relay().logOverflows() > 0) {
            warnings.add(new Problem(
                    report.relay().logOverflows() + " probes were missed because the log queue overflowed",
                    "lower probes.max-ttl (now " + report.limits().maxTtl()
                            + "), so that fewer packets count as probes"));
        }
        if (report.relay().evictions() > 0) {
            warnings.add(new Problem(
                    report.relay().evictions() + " probes were removed early because a table was full",
                    "raise probes.capacity (now " + report.limits().capacity() + ")"));
        }
        if (report.relay().counters().get(Reason.INTERNAL_ERROR) > 0) {
            warnings.add(new Problem(
                    report.relay().counters().get(Reason.INTERNAL_ERROR)
                            + " errors went to the host unchanged because of internal errors in natexd",
                    "report this with the warning in the log: journalctl -u natexd"));
        }
        return List.copyOf(warnings);
    }
}
