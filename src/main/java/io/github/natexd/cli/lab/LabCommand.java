package io.github.natexd.cli.lab;

import io.github.natexd.cli.form.ExitCodes;
import io.github.natexd.cli.form.Java;
import io.github.natexd.lab.Lab;
import io.github.natexd.lab.LabOptions;
import io.github.natexd.lab.Node;
import io.github.natexd.lab.Topology;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code natexctl lab}: an emulated VMware NAT network on this machine. */
@Command(
        name = "lab",
        mixinStandardHelpOptions = true,
        description = "Builds and uses a throw-away VMware-like NAT network in network namespaces. Needs root.",
        subcommands = {
            LabCommand.Up.class,
            LabCommand.Down.class,
            LabCommand.Exec.class,
            LabDemo.class,
            LabTapInject.class,
            LabTunPing.class,
            LabCommand.Serve.class
        })
public final class LabCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "a command is missing: up, down, exec, demo, tap-inject or tun-ping");
    }

    /** How the NAT process behaves; see {@link LabOptions}. */
    static final class Nat {
        @Option(names = "--rewrite-ports", description = "the NAT replaces source ports and ICMP identifiers")
        private boolean rewritePorts;

        @Option(names = "--rewrite-ids", description = "the NAT replaces IP IDs")
        private boolean rewriteIds;

        @Option(
                names = "--per-destination",
                description = "the NAT uses a different source port or ICMP identifier for each destination, and random"
                        + " IP IDs")
        private boolean perDestination;

        @Option(names = "--decrement-ttl", description = "the NAT decrements the TTL")
        private boolean decrementTtl;

        @Option(
                names = "--answer-ttl-one",
                description = "the NAT responds to probes with TTL 1 itself, as 192.168.44.2")
        private boolean answerTtlOne;

        @Option(
                names = "--send",
                paramLabel = "KIND",
                description = "the socket that sends probes: raw (default), socket, packet")
        private LabOptions.Send send = LabOptions.Send.RAW;

        @Option(
                names = "--hand-over",
                paramLabel = "CLASS",
                description = "ICMP errors that the NAT delivers to guests itself: none (default), echo,"
                        + " port-unreachable, all")
        private LabOptions.HandOver handOver = LabOptions.HandOver.NONE;

        @Option(
                names = "--receive",
                paramLabel = "KIND",
                description = "the socket from which the NAT gets the errors that it delivers: raw (default), packet")
        private LabOptions.Receive receive = LabOptions.Receive.RAW;

        @Option(
                names = "--egress-first",
                paramLabel = "MILLIS",
                description = "the host sees a guest's frame this much later than the NAT")
        private int egressFirst;

        @Option(
                names = "--path-mtu",
                paramLabel = "OCTETS",
                defaultValue = "" + LabOptions.MTU,
                description = "the MTU between r3 and r4 (default: ${DEFAULT-VALUE})")
        private int pathMtu;

        @Option(
                names = "--router",
                paramLabel = "QUIRK",
                description = "how r2 responds: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
        private LabOptions.Router router = LabOptions.Router.KERNEL;

        @Option(
                names = "--host-here",
                description = "the lab's host is this machine itself, not a namespace; the machine gets the interfaces"
                        + " vmnet8 and up0. Use this to test a natexd that is installed in a container or a VM")
        private boolean hostHere;

        LabOptions options() {
            return new LabOptions(
                    rewritePorts,
                    rewriteIds,
                    perDestination,
                    decrementTtl,
                    answerTtlOne,
                    send,
                    handOver,
                    receive,
                    egressFirst,
                    pathMtu,
                    router,
                    hostHere);
        }
    }

    @Command(
            name = "up",
            mixinStandardHelpOptions = true,
            description = "Builds a lab and leaves it running until `natexctl lab down'.")
    static final class Up implements Callable<Integer> {
        @Spec
        @SuppressWarnings("NullAway.Init") // set by picocli
        private CommandSpec spec;

        @Mixin
        private Nat nat = new Nat();

        @Option(names = "--name", paramLabel = "NAME", description = "the lab's name (default: a generated name)")
        private @Nullable String name;

        @Override
        public Integer call() throws IOException, InterruptedException {
            String given = name != null ? name : Lab.uniqueName();
            PrintWriter out = spec.commandLine().getOut();
            if (!startServer(given)) {
                return ExitCodes.FAILED;
            }
            out.print("""
                    The lab %s is up (NAT: %s).

                    %s
                    Try, as root:
                      natexctl lab exec --name %s guest1 -- traceroute -n %s
                      natexctl lab exec --name %s host -- traceroute -n %s
                      natexctl lab down --name %s
                    """.formatted(
                    given, nat.options(), Topology.PICTURE, given, Topology.TARGET, given, Topology.TARGET, given));
            out.flush();
            return 0;
        }

        /** Starts the process that runs hub and NAT, in its own session, and waits until the network exists. */
        private boolean startServer(String given) throws IOException, InterruptedException {
            List<String> command = new ArrayList<>(List.of("setsid", Java.executable()));
            command.addAll(Java.options());
            String natexctl = spec.root().userObject().getClass().getName();
            command.addAll(List.of(natexctl, "lab", "serve", "--name", given));
            command.addAll(nat.options().arguments());
            Process server =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            var output = new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8));
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                if (line.equals(Serve.READY)) {
                    return true;
                }
                spec.commandLine().getErr().println(line);
            }
            server.waitFor();
            return false;
        }
    }

    /** The process that {@code up} starts; not to be called by users. */
    @Command(name = "serve", hidden = true)
    static final class Serve implements Callable<Integer> {
        static final String READY = "the lab is ready";

        @Mixin
        private Nat nat = new Nat();

        @Option(names = "--name", required = true)
        private String name = "";

        /** Runs until a signal ends it; the lab's shutdown hook then removes the lab. */
        @Override
        public Integer call() throws InterruptedException {
            try (Lab lab = Lab.up(name, nat.options())) {
                System.out.println(READY);
                System.out.flush();
                new CountDownLatch(1).await();
            }
            return 0;
        }
    }

    @Command(name = "down", mixinStandardHelpOptions = true, description = "Removes a lab, even one that has crashed.")
    static final class Down implements Callable<Integer> {
        @Spec
        @SuppressWarnings("NullAway.Init") // set by picocli
        private CommandSpec spec;

        @Option(names = "--name", paramLabel = "NAME", description = "the lab's name (default: the only one)")
        private @Nullable String name;

        @Option(names = "--all", description = "removes all labs of this machine")
        private boolean all;

        @Override
        public Integer call() {
            List<String> names = all ? Lab.names() : List.of(only(name));
            for (String each : names) {
                Lab.down(each);
                spec.commandLine().getOut().println("The lab " + each + " is down.");
            }
            return 0;
        }
    }

    @Command(
            name = "exec",
            mixinStandardHelpOptions = true,
            description = "Runs a command in one of the lab's machines. The exit code is the command's.")
    static final class Exec implements Callable<Integer> {
        @SuppressWarnings("NullAway.Init") // set by picocli
        private CommandSpec spec;

        @Option(names = "--name", paramLabel = "NAME", description = "the lab's name (default: the only one)")
        private @Nullable String name;

        @Parameters(
                index = "0",
                paramLabel = "NODE",
                description = "the machine: guest1, guest2, host, r1, r2, r3, r4 or target")
        private String node = "";

        @Parameters(
                index = "1..*",
                arity = "1..*",
                paramLabel = "COMMAND",
                description = "the command and its arguments")
        private List<String> command = List.of();

        /** Options behind the command's name belong to the command, not to natexctl. */
        @Spec
        void spec(CommandSpec given) {
            spec = given;
            given.parser().stopAtPositional(true);
        }

        @Override
        public Integer call() throws IOException, InterruptedException {
            Node where;
            try {
                where = Node.of(node);
            } catch (IllegalArgumentException e) {
                throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
            }
            List<String> whole = new ArrayList<>(Lab.inside(only(name), where));
            whole.addAll(command.get(0).equals("--") ? command.subList(1, command.size()) : command);
            return new ProcessBuilder(whole).inheritIO().start().waitFor();
        }
    }

    /** The given name, or the name of the only lab. */
    private static String only(@Nullable String name) {
        List<String> names = Lab.names();
        if (name != null) {
            if (!names.contains(name)) {
                throw new IllegalArgumentException("there is no lab " + name + "; "
                        + (names.isEmpty() ? "there are no labs" : "the labs are " + names));
            }
            return name;
        }
        if (names.size() != 1) {
            throw new IllegalArgumentException(
                    names.isEmpty()
                            ? "there is no lab; build one: natexctl lab up"
                            : "there are several labs; choose one with --name: " + names);
        }
        return names.get(0);
    }
}
