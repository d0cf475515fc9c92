package io.github.natexd.cli.doctor;

import io.github.natexd.cli.doctor.KernelFeatures.Feature;
import io.github.natexd.config.Config;
import io.github.natexd.linux.netfilter.Packages;
import io.github.natexd.linux.netlink.Links.Link;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Everything that the checks judge by, gathered at one time. */
record Facts(
        Settings settings,
        Kernel kernel,
        Programs programs,
        Caller caller,
        Daemon daemon,
        Fact<Optional<Unit>> service,
        Fact<Optional<KeepaliveChecks.Service>> keepalive,
        GuestNetwork guestNetwork,
        Rules rules,
        Listeners listeners,
        Firewall firewall) {

    /**
     * The configuration.
     *
     * @param file the file, or a note that there is none
     * @param mistakes one line for each; empty: none
     * @param config the settings in use; the defaults if the file has mistakes or cannot be read
     */
    record Settings(String file, Fact<List<String>> mistakes, Config config) {}

    /**
     * Ways to get packets out of the kernel.
     *
     * @param statement nft's own queue statement
     * @param target the NFQUEUE target, through nft's layer for such targets
     */
    record Kernel(Feature queue, Feature log, Feature statement, Feature target) {}

    /**
     * What natexd needs beside the kernel.
     *
     * @param manager how to install what is missing
     * @param libraryTrouble why libnetfilter_queue cannot be loaded; empty: it can
     * @param nft its version; empty: it is not installed
     * @param iptables the version of iptables as a front end of nftables
     */
    record Programs(
            Packages manager, Optional<String> libraryTrouble, Optional<String> nft, Optional<String> iptables) {}

    /** Who runs doctor. */
    record Caller(int userId, long capabilities) {}

    /** @param process empty: no natexd runs in this network namespace */
    record Daemon(Fact<Optional<Running>> process, Control control) {
        /** Whether natexd is certainly not running; a process may also be invisible. */
        boolean absent() {
            return process.fold(Optional::isEmpty, why -> false);
        }

        Optional<Running> running() {
            return process.orElse(Optional.empty());
        }
    }

    /** The running daemon. */
    record Running(long processId, Fact<Long> capabilities) {}

    /**
     * The control socket.
     *
     * @param status what natexd reported; empty unless it responded
     * @param trouble why it did not respond
     * @param refused the caller lacks a permission
     */
    record Control(String socket, Optional<DaemonStatus> status, String trouble, String fix, boolean refused) {}

    /**
     * The state of natexd.service, or of natexd-jsvc.service if that is in use, in systemd's words.
     *
     * @param capabilities those that it gives to natexd, by systemd's names: {@code cap_net_raw}
     */
    record Unit(String name, String load, String active, String enabled, Set<String> capabilities) {}

    /**
     * The network of the guests.
     *
     * @param configured by guest-network.interface
     * @param vmware what /etc/vmware/networking says
     * @param link empty: there is no interface of this name
     */
    record GuestNetwork(Optional<String> configured, Fact<Vmware> vmware, Optional<Link> link, List<String> addresses) {
        Optional<String> name() {
            return configured.or(() -> vmware.fold(Vmware::natInterface, why -> Optional.empty()));
        }

        boolean isUp() {
            return link.isPresent() && link.get().up();
        }
    }

    /**
     * What VMware's file says.
     *
     * @param present whether there is such a file
     * @param natInterfaces those that have NAT and an adapter on the host
     */
    record Vmware(boolean present, List<String> natInterfaces) {
        Optional<String> natInterface() {
            return natInterfaces.stream().findFirst();
        }
    }

    /**
     * The packet filter rules.
     *
     * @param script the installed natexd-rules
     * @param answer the result of natexd-rules status
     */
    record Rules(Path script, Fact<Program.Result> answer, Fact<Passed> passed) {}

    /** What the rules have counted. */
    record Passed(long probes, long errors) {}

    /** Which process reads natexd's queue and log group; empty: none. */
    record Listeners(Fact<Optional<Holder>> queue, Fact<Optional<Holder>> logGroup) {}

    /**
     * The process that reads a queue or a log group.
     *
     * @param processId 0 if it is not visible (another process namespace)
     */
    record Holder(long port, long processId, String command, long dropped) {}

    /**
     * The host's packet filter and forwarding.
     *
     * @param legacyTables of iptables-legacy, which nft does not show
     */
    record Firewall(Fact<Ruleset> ruleset, Fact<List<String>> legacyTables, Fact<Boolean> forwarding) {}
}
