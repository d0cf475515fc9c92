package io.github.natexd.daemon;

import io.github.natexd.linux.libc.OsException;
import io.github.natexd.linux.netlink.Ipv4Forwarding;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks that the kernel forwards IPv4, as {@code reinject = "verdict"} requires (R38): the kernel forwards the errors
 * that natexd has rewritten, and without ip_forward it drops them. A FORWARD policy of drop is only worth a warning,
 * because rules may let errors pass. The reverse-path filter checks the route back to the router as it does without
 * natexd.
 */
public final class Forwarding {
    private static final Logger LOG = LoggerFactory.getLogger(Forwarding.class);
    static final String OFF = "relay.reinject = \"verdict\" needs IPv4 forwarding, which is off";
    static final String REMEDY =
            "sysctl -w net.ipv4.ip_forward=1 and let the FORWARD chain pass ICMP errors to the guest"
                    + " network, or use relay.reinject = \"frame\"";

    private static final List<String> LIST_CHAINS =
            List.of("/bin/sh", "-c", "PATH=$PATH:/usr/sbin:/sbin exec nft list chains");
    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final Pattern TABLE = Pattern.compile("^table (ip|inet) (\\S+) \\{$");
    private static final Pattern CHAIN = Pattern.compile("^\\tchain (\\S+) \\{$");
    private static final Pattern DROP = Pattern.compile("^\\t\\ttype filter hook forward .*policy drop;.*$");

    private Forwarding() {}

    /** @throws StartException if the kernel does not forward IPv4 */
    static void check() throws StartException {
        if (!isOn()) {
            throw new StartException(ExitCode.UNAVAILABLE, OFF + ": " + REMEDY);
        }
    }

    static boolean isOn() throws StartException {
        try {
            return Ipv4Forwarding.isOn();
        } catch (OsException e) {
            throw new StartException(ExitCode.UNAVAILABLE, String.valueOf(e.getMessage()));
        }
    }

    static void warnOfDroppingChains() throws StartException {
        for (String chain : droppingChains(chains())) {
            LOG.warn(
                    "relay.reinject = \"verdict\": chain {} drops what none of its rules accepts; guests see hops only if"
                            + " it accepts ICMP errors to the guest network: nft add rule {} ct state related accept,"
                            + " or use relay.reinject = \"frame\"",
                    chain,
                    chain);
        }
    }

    /** The chains, as {@code family table chain}, that drop forwarded IPv4 packets unless a rule accepts them. */
    public static List<String> droppingChains(String listing) {
        List<String> dropping = new ArrayList<>();
        String table = "";
        String chain = "";
        for (String line : listing.lines().toList()) {
            Matcher tableLine = TABLE.matcher(line);
            Matcher chainLine = CHAIN.matcher(line);
            if (line.startsWith("table ")) {
                table = tableLine.matches() ? tableLine.group(1) + " " + tableLine.group(2) : "";
            } else if (chainLine.matches()) {
                chain = chainLine.group(1);
            } else if (!table.isEmpty() && DROP.matcher(line).matches()) {
                dropping.add(table + " " + chain);
            }
        }
        return dropping;
    }

    /** The output of nft; empty if nft fails: loading natexd's own rules then reports why. */
    private static String chains() throws StartException {
        try {
            ChildProcess.Result result = ChildProcess.run(LIST_CHAINS, LIMIT);
            return result.exitCode() == 0 ? result.output() : "";
        } catch (IOException | TimeoutException e) {
            LOG.warn("cannot list the chains of the packet filter: {}", e.getMessage());
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StartException(ExitCode.FAILURE, "interrupted while listing the chains");
        }
    }
}
