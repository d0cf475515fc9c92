package io.github.natexd.cli.doctor;

import io.github.natexd.cli.doctor.Facts.GuestNetwork;
import io.github.natexd.cli.doctor.Facts.Vmware;
import io.github.natexd.cli.doctor.Ruleset.Fate;
import io.github.natexd.config.Config;
import io.github.natexd.config.VmwareNetworking;
import io.github.natexd.linux.netlink.Links.Link;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The guest network, and what the rest of the host's packet filter does to ICMP errors. */
final class NetworkChecks {
    private static final String START_NETWORKS = "start VMware's networks: sudo vmware-networks --start";

    private NetworkChecks() {}

    static Diagnosis vmware(Facts facts) {
        GuestNetwork network = facts.guestNetwork();
        if (network.configured().isPresent()) {
            return configured(network.configured().get(), network.vmware());
        }
        return network.vmware()
                .fold(
                        vmware -> vmware.natInterface()
                                .map(name -> Diagnosis.ok(name + ", according to " + VmwareNetworking.FILE))
                                .orElseGet(() -> unknownToVmware(vmware.present())),
                        why -> Diagnosis.unknown(why, "run doctor as root, or set guest-network.interface"));
    }

    /** If somebody moved NAT in VMware's network editor, the configured interface is the wrong one. */
    private static Diagnosis configured(String name, Fact<Vmware> vmware) {
        List<String> nat = vmware.fold(Vmware::natInterfaces, why -> List.of());
        if (nat.isEmpty() || nat.contains(name)) {
            return Diagnosis.ok(name + ", as guest-network.interface sets it");
        }
        return Diagnosis.wrong(
                "guest-network.interface is " + name + ", but according to " + VmwareNetworking.FILE + " NAT is on "
                        + String.join(", ", nat),
                "remove guest-network.interface, or set it to \"" + nat.get(0)
                        + "\", then sudo systemctl reload natexd");
    }

    private static boolean moved(GuestNetwork network) {
        return network.configured().isPresent()
                && configured(network.configured().get(), network.vmware()).state() == State.WRONG;
    }

    private static Diagnosis unknownToVmware(boolean present) {
        return present
                ? Diagnosis.wrong(
                        VmwareNetworking.FILE + " has no network with NAT and an adapter on the host",
                        "make one: sudo vmware-netcfg; or set guest-network.interface")
                : Diagnosis.wrong(
                        "there is no " + VmwareNetworking.FILE
                                + ": VMware Workstation is not installed, or was never started",
                        "install VMware Workstation, or set guest-network.interface; natexd waits for it");
    }

    static Diagnosis networkInterface(Facts facts) {
        GuestNetwork network = facts.guestNetwork();
        if (network.name().isEmpty()) {
            return Diagnosis.unknown("the name of the guest network is not known", Diagnosis.NETWORK_FIRST);
        }
        String name = network.name().get();
        if (network.link().isEmpty()) {
            return moved(network)
                    ? Diagnosis.unknown("there is no interface " + name, Diagnosis.NETWORK_FIRST)
                    : Diagnosis.wrong("there is no interface " + name, START_NETWORKS);
        }
        if (!network.link().get().up()) {
            return Diagnosis.wrong(name + " is down", START_NETWORKS + ", or sudo ip link set " + name + " up");
        }
        return network.addresses().isEmpty()
                ? Diagnosis.wrong(name + " has no IPv4 address", START_NETWORKS)
                : Diagnosis.ok(name + ", " + String.join(", ", network.addresses()));
    }

    static Diagnosis promiscuous(Facts facts) {
        Optional<Link> link = facts.guestNetwork().link();
        if (link.isEmpty()) {
            return Diagnosis.unknown("there is no guest network", Diagnosis.INTERFACE_FIRST);
        }
        if (facts.daemon().absent()) {
            return Diagnosis.notRunning();
        }
        int count = link.get().promiscuity();
        if (facts.daemon().running().isEmpty()) {
            return Diagnosis.unknown(
                    "readers of " + link.get().name() + " in promiscuous mode: " + count
                            + "; doctor cannot see whether natexd is one of them",
                    Diagnosis.AS_ROOT);
        }
        return count > 0
                ? Diagnosis.ok(link.get().name() + " is promiscuous")
                : Diagnosis.wrong(
                        link.get().name() + " is not promiscuous, so natexd does not see the packets of guests",
                        Diagnosis.RESTART);
    }

    /** Examines the chains before natexd's hook: all of ingress and prerouting, and the early ones of input. */
    static Diagnosis firewall(Facts facts) {
        return facts.firewall()
                .ruleset()
                .fold(ruleset -> firewall(ruleset, facts), why -> Diagnosis.unknown(why, Diagnosis.AS_ROOT));
    }

    private static Diagnosis firewall(Ruleset ruleset, Facts facts) {
        boolean verdict = facts.settings().config().relay().reinject() == Config.Reinject.VERDICT;
        List<FilterChain> before = ruleset.filters().stream()
                .filter(chain -> chain.isBefore(verdict))
                .toList();
        for (FilterChain chain : before) {
            if (ruleset.fate(chain) == Fate.DROPPED) {
                return Diagnosis.wrong("chain " + chain.name() + " drops ICMP errors", chain.remedyForErrors());
            }
        }
        boolean seen = facts.rules().passed().fold(passed -> passed.errors() > 0, why -> false);
        if (seen) {
            return Diagnosis.ok("errors reach natexd's rules");
        }
        Optional<String> hidden = facts.firewall()
                .legacyTables()
                .fold(
                        tables -> tables.isEmpty()
                                ? Optional.empty()
                                : Optional.of("iptables-legacy has rules that nft does not show, in the tables "
                                        + String.join(", ", tables)),
                        Optional::of);
        if (hidden.isPresent()) {
            return Diagnosis.unknown(hidden.get(), "check whether they drop ICMP: sudo iptables-legacy-save");
        }
        for (FilterChain chain : before) {
            if (ruleset.fate(chain) == Fate.ENDANGERED) {
                return Diagnosis.unknown(
                        "chain " + chain.name() + " may drop some ICMP errors", chain.remedyForErrors());
            }
        }
        return Diagnosis.ok("no chain before natexd's drops ICMP errors");
    }

    static Diagnosis forwarding(Facts facts) {
        if (facts.settings().config().relay().reinject() == Config.Reinject.FRAME) {
            return Diagnosis.ok("not needed: relay.reinject is \"frame\"");
        }
        return facts.firewall()
                .forwarding()
                .fold(
                        on -> on
                                ? forwardChains(facts)
                                : Diagnosis.wrong(
                                        "relay.reinject is \"verdict\", and IPv4 forwarding is off",
                                        "sudo sysctl -w net.ipv4.ip_forward=1, or set relay.reinject = \"frame\""),
                        why -> Diagnosis.unknown(why, Diagnosis.AS_ROOT));
    }

    private static Diagnosis forwardChains(Facts facts) {
        return facts.firewall()
                .ruleset()
                .fold(NetworkChecks::forwardChains, why -> Diagnosis.unknown(why, Diagnosis.AS_ROOT));
    }

    private static Diagnosis forwardChains(Ruleset ruleset) {
        List<FilterChain> dropping = ruleset.filters().stream()
                .filter(chain -> chain.isForIpv4() && chain.hook().equals("forward") && chain.dropsByDefault())
                .toList();
        return dropping.isEmpty()
                ? Diagnosis.ok("IPv4 forwarding is on, and no forward chain drops by default")
                : Diagnosis.unknown(
                        "IPv4 forwarding is on, but these chains drop what none of their rules accepts: "
                                + dropping.stream().map(FilterChain::name).collect(Collectors.joining(", ")),
                        dropping.get(0).remedyForRelated() + "; or set relay.reinject = \"frame\"");
    }
}
