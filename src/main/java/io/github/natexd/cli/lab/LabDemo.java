package io.github.natexd.cli.lab;

import io.github.natexd.cli.form.ExitCodes;
import io.github.natexd.cli.form.Java;
import io.github.natexd.lab.Lab;
import io.github.natexd.lab.LabOptions;
import io.github.natexd.lab.NatexdProcess;
import io.github.natexd.lab.Node;
import io.github.natexd.lab.Topology;
import io.github.natexd.lab.Traceroute;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code natexctl lab demo}: shows what natexd does, on this machine, and compares it with the expected output. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description =
                "Shows traceroute in a guest before and after natexd starts. The exit code is 0 if both outputs are as"
                        + " expected.")
final class LabDemo implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Mixin
    private LabCommand.Nat nat = new LabCommand.Nat();

    @Override
    public Integer call() {
        LabOptions options = nat.options();
        say("Building a VMware-like NAT network in network namespaces (NAT: " + options + "):");
        String name = Lab.uniqueName();
        boolean asExpected;
        // Ctrl-C ends the JVM, and the lab's own shutdown hook removes the lab.
        try (Lab lab = Lab.up(name, options)) {
            say("\n" + Topology.PICTURE);
            asExpected = before(lab, options) & after(lab);
        }
        if (Lab.exists(name)) {
            say("Parts of the lab are left; remove them: natexctl lab down --name " + name);
            return ExitCodes.FAILED;
        }
        say("5. The lab has been removed: no namespace, process, rule or file is left.");
        say(asExpected ? "As expected, before and after." : "NOT as expected.");
        return asExpected ? 0 : ExitCodes.FAILED;
    }

    private boolean before(Lab lab, LabOptions options) {
        boolean swallows = options.handOver() == LabOptions.HandOver.NONE;
        say("1. traceroute in guest1 without natexd: "
                + (swallows
                        ? "the NAT drops the routers' errors, so every hop is a star."
                        : "this NAT delivers errors to guests itself."));
        String output = trace(lab, 5);
        return !swallows
                || Traceroute.hops(output).stream().allMatch(hop -> hop.equals("*") || hop.equals(Topology.GATEWAY));
    }

    private boolean after(Lab lab) {
        say("2. natexd starts in the host, as user nobody with only CAP_NET_ADMIN and CAP_NET_RAW.");
        try (NatexdProcess natexd = NatexdProcess.start(lab, Java.tree(), Map.of(), List.of())) {
            say("3. The same traceroute again: four routers and the target.");
            List<String> hops = Traceroute.hops(trace(lab, Traceroute.HOPS_MAX));
            boolean right = hops.equals(lab.hops());
            if (!right) {
                say("   expected " + lab.hops() + "\n   seen     " + hops + "\n   natexd's log:\n" + natexd.log());
            }
            say("4. natexd stops and removes its rules.");
            return right & natexd.stop() == 0;
        }
    }

    private String trace(Lab lab, int hops) {
        List<String> command = List.of("traceroute", "-n", "-q1", "-w1", "-m" + hops, Topology.TARGET);
        say("   guest1$ " + String.join(" ", command));
        String output = lab.exec(Node.GUEST1, command).output();
        say(output.indent(3));
        return output;
    }

    private void say(String line) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(line);
        out.flush();
    }
}
