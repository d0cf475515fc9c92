package io.github.natexd.cli.doctor;

import io.github.natexd.cli.doctor.Facts.Caller;
import io.github.natexd.cli.doctor.Facts.GuestNetwork;
import io.github.natexd.cli.doctor.Facts.Programs;
import io.github.natexd.cli.doctor.Facts.Settings;
import io.github.natexd.cli.doctor.Facts.Unit;
import io.github.natexd.cli.doctor.Facts.Vmware;
import io.github.natexd.cli.doctor.KernelFeatures.Feature;
import io.github.natexd.cli.doctor.KernelFeatures.Presence;
import io.github.natexd.config.Config;
import io.github.natexd.config.ConfigException;
import io.github.natexd.config.ConfigException.Problem;
import io.github.natexd.config.ConfigReader;
import io.github.natexd.config.VmwareNetworking;
import io.github.natexd.linux.libc.Libc;
import io.github.natexd.linux.libc.OsException;
import io.github.natexd.linux.netfilter.NetfilterQueueLibrary;
import io.github.natexd.linux.netfilter.Packages;
import io.github.natexd.linux.netlink.Interfaces;
import io.github.natexd.linux.netlink.Links;
import io.github.natexd.linux.netlink.Links.Link;
import io.github.natexd.wire.Ipv4Address;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Gathers the {@link Facts}, in the network namespace of the calling thread, and judges them. It only
 * reads: it binds nothing, joins nothing and loads no rule (but nft can make the kernel load packet filter modules).
 */
public final class Checkup {
    /** A limit that users cannot change but should know; printed at the end. */
    public static final String TCP =
            "TCP traceroute (traceroute -T, tcptraceroute) cannot work behind VMware's NAT, with or"
                    + " without natexd: the NAT process ends TCP connections itself. Use UDP or ICMP probes.";

    private static final Path SYSTEMD = Path.of("run/systemd/system");
    private static final String UNIT_PROPERTIES =
            "LoadState,ActiveState,UnitFileState,User,AmbientCapabilities,CapabilityBoundingSet";
    /** Checked with nft -c, never loaded. */
    private static final String QUEUE_RULE = """
            table ip natexd_doctor {
                chain errors {
                    type filter hook input priority mangle;
                    icmp type time-exceeded queue flags bypass to 1
                }
            }
            """;

    private final Path root;
    private final Path script;
    private final Settings settings;
    private final Proc proc;

    private Checkup(Path root, Path tree, Settings settings) {
        this.root = root;
        this.script = tree.resolve("libexec/natexd-rules");
        this.settings = settings;
        this.proc = new Proc(root);
    }

    /** Asks natexd for its status over the control socket that this configuration names. */
    public interface Client {
        DaemonAnswer ask(Config config);
    }

    /**
     * natexd's response, or why there is none.
     *
     * @param status empty if natexd did not respond
     * @param refused the caller lacks a permission
     */
    public record DaemonAnswer(
            String socket, Optional<DaemonStatus> status, String trouble, String fix, boolean refused) {}

    /**
     * Makes all checks.
     *
     * @param root the root directory; tests use another one
     * @param tree the tree in which natexd is installed: bin, lib, libexec
     * @param configFile as named by the user; empty: the usual one, and the defaults if it does not exist
     */
    public static List<DoctorFinding> run(Path root, Path tree, Optional<Path> configFile, Client client) {
        Settings settings =
                settings(configFile.orElse(root.resolve(Config.DEFAULT_FILE.substring(1))), configFile.isPresent());
        return Check.all(new Checkup(root, tree, settings).facts(client));
    }

    private Facts facts(Client client) {
        DaemonAnswer first = client.ask(settings.config());
        Programs programs = programs();
        Caller caller = new Caller(
                Libc.INSTANCE.geteuid(),
                Fact.of(
                                "its own capabilities",
                                () -> proc.capabilities(ProcessHandle.current().pid()))
                        .orElse(0L));
        GuestNetwork guestNetwork = guestNetwork();
        ListenerFacts listeners = new ListenerFacts(proc, settings.config());
        RulesFacts rules =
                new RulesFacts(script, settings.config(), programs.nft().isPresent());
        Facts.Kernel kernel = kernel(programs, caller);
        Fact<Optional<Unit>> service = service();
        Facts.Rules own = rules.rules(guestNetwork.name());
        return new Facts(
                settings,
                kernel,
                programs,
                caller,
                listeners.daemon(again(first, client)),
                service,
                keepalive(),
                guestNetwork,
                own,
                listeners.listeners(),
                rules.firewall(proc));
    }

    /** Asks a second time if there are warnings: only a count that still grows is wrong now. */
    private DaemonAnswer again(DaemonAnswer first, Client client) {
        if (first.status().isEmpty() || first.status().get().warnings().isEmpty()) {
            return first;
        }
        DaemonAnswer second = client.ask(settings.config());
        return new DaemonAnswer(
                second.socket(),
                second.status().map(status -> status.comparedWith(first.status().get())),
                second.trouble(),
                second.fix(),
                second.refused());
    }

    private static Settings settings(Path file, boolean named) {
        Fact<List<String>> none = Fact.known(List.of());
        if (!named && Files.notExists(file)) {
            return new Settings("no " + file + ": every setting has its default", none, Config.defaults());
        }
        if (Files.exists(file) && !Files.isReadable(file)) {
            return new Settings(file.toString(), Fact.unknown("you may not read " + file), Config.defaults());
        }
        try {
            return new Settings(file.toString(), none, ConfigReader.read(file));
        } catch (ConfigException e) {
            List<String> mistakes =
                    e.problems().stream().map(problem -> text(file, problem)).toList();
            return new Settings(file.toString(), Fact.known(mistakes), Config.defaults());
        }
    }

    private static String text(Path file, Problem problem) {
        return file + (problem.line() == 0 ? "" : ":" + problem.line() + ":" + problem.column()) + ": "
                + problem.message();
    }

    private Facts.Kernel kernel(Programs programs, Caller caller) {
        KernelFeatures features = new KernelFeatures(root);
        return new Facts.Kernel(
                live("nfnetlink_queue", features.feature("NETFILTER_NETLINK_QUEUE", "nfnetlink_queue")),
                live("nfnetlink_log", features.feature("NETFILTER_NETLINK_LOG", "nfnetlink_log")),
                statement(features.feature("NFT_QUEUE", "nft_queue"), programs, caller),
                target(features));
    }

    /** The file exists exactly while the kernel has the feature loaded; every user can see it. */
    private Feature live(String file, Feature otherwise) {
        return Files.exists(root.resolve("proc/thread-self/net/netfilter").resolve(file))
                ? new Feature(Presence.YES, "the kernel has /proc/net/netfilter/" + file)
                : otherwise;
    }

    /** Asks the kernel only if nothing else shows whether it has the statement. */
    private static Feature statement(Feature seen, Programs programs, Caller caller) {
        boolean may = (caller.capabilities() & SystemChecks.NET_ADMIN) != 0;
        return seen.presence() == Presence.UNKNOWN && programs.nft().isPresent() && may ? askNft() : seen;
    }

    /** Whether the kernel accepts a queue statement; nft only checks it. */
    static Feature askNft() {
        return Fact.of("the output of nft -c", () -> Program.run(List.of("nft", "-c", "-f", "-"), QUEUE_RULE))
                .fold(
                        answer -> answer.exitCode() == 0
                                ? new Feature(Presence.YES, "nft -c accepts it")
                                : new Feature(
                                        answer.text().contains("No such file") ? Presence.NO : Presence.UNKNOWN,
                                        "nft -c printed "
                                                + answer.text()
                                                        .lines()
                                                        .findFirst()
                                                        .orElse("nothing")),
                        why -> new Feature(Presence.UNKNOWN, why));
    }

    /** Two are needed: the target, and nftables' layer for targets of iptables. */
    private static Feature target(KernelFeatures features) {
        Feature target = features.feature("NETFILTER_XT_TARGET_NFQUEUE", "xt_NFQUEUE");
        Feature layer = features.feature("NFT_COMPAT", "nft_compat");
        return target.presence() == Presence.YES ? (layer.presence() == Presence.YES ? target : layer) : target;
    }

    private Programs programs() {
        Optional<String> trouble = Optional.empty();
        try {
            NetfilterQueueLibrary.load();
        } catch (OsException e) {
            trouble = Optional.ofNullable(e.getMessage());
        }
        Optional<String> iptables = version("iptables-nft").or(() -> version("iptables"));
        return new Programs(
                Packages.of(root), trouble, version("nft"), iptables.filter(text -> text.contains("nf_tables")));
    }

    private static Optional<String> version(String program) {
        return Fact.of(program, () -> Program.run(List.of(program, "--version")))
                .fold(
                        answer -> answer.exitCode() == 0 ? Optional.of(answer.text()) : Optional.empty(),
                        why -> Optional.empty());
    }

    private Fact<Optional<Unit>> service() {
        if (!Files.isDirectory(root.resolve(SYSTEMD))) {
            return Fact.known(Optional.empty());
        }
        return Fact.of("systemd's view of natexd", () -> {
            Unit jsvc = unit("natexd-jsvc.service");
            boolean inUse = jsvc.active().equals("active") || jsvc.enabled().startsWith("enabled");
            return Optional.of(inUse ? jsvc : unit("natexd.service"));
        });
    }

    private Fact<Optional<KeepaliveChecks.Service>> keepalive() {
        return Files.isDirectory(root.resolve(SYSTEMD))
                ? Fact.of("systemd's view of natexd-keepalive", () -> Optional.of(KeepaliveChecks.service()))
                : Fact.known(Optional.empty());
    }

    /** What systemd says of a unit. */
    static Map<String, String> properties(String unit, String names) throws IOException {
        Program.Result result = Program.run(List.of("systemctl", "show", "-p", names, unit));
        if (result.exitCode() != 0) {
            throw new IOException(result.text());
        }
        return result.text()
                .lines()
                .filter(line -> line.contains("="))
                .collect(Collectors.toMap(
                        line -> line.substring(0, line.indexOf('=')), line -> line.substring(line.indexOf('=') + 1)));
    }

    private static Unit unit(String name) throws IOException {
        Map<String, String> values = properties(name, UNIT_PROPERTIES);
        return new Unit(
                name,
                values.getOrDefault("LoadState", ""),
                values.getOrDefault("ActiveState", ""),
                values.getOrDefault("UnitFileState", ""),
                capabilities(values));
    }

    /** A user other than root gets only the ambient ones. */
    private static Set<String> capabilities(Map<String, String> unit) {
        Set<String> given = new HashSet<>(words(unit, "CapabilityBoundingSet"));
        if (!unit.getOrDefault("User", "").isEmpty()) {
            given.retainAll(words(unit, "AmbientCapabilities"));
        }
        return given;
    }

    private static Set<String> words(Map<String, String> unit, String property) {
        return Set.copyOf(Arrays.asList(unit.getOrDefault(property, "").split(" ")));
    }

    private GuestNetwork guestNetwork() {
        Optional<String> configured = settings.config().guestNetwork().interfaceName();
        Path file = root.resolve(VmwareNetworking.FILE.toString().substring(1));
        Fact<Vmware> vmware = Fact.of(VmwareNetworking.FILE.toString(), () -> {
            try {
                return new Vmware(Files.exists(file), VmwareNetworking.natInterfaces(file));
            } catch (UncheckedIOException e) {
                throw e.getCause();
            }
        });
        GuestNetwork named = new GuestNetwork(configured, vmware, Optional.empty(), List.of());
        Optional<Link> link = named.name().flatMap(Links::named);
        List<String> addresses = link.isEmpty()
                ? List.of()
                : Interfaces.addresses().stream()
                        .filter(address ->
                                address.interfaceIndex() == link.get().index())
                        .map(address -> Ipv4Address.text(address.address()) + "/" + address.prefixLength())
                        .toList();
        return new GuestNetwork(configured, vmware, link, addresses);
    }
}
