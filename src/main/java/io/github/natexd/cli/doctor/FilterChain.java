package io.github.natexd.cli.doctor;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * A base chain of a filter: one that a hook of the kernel calls.
 *
 * @param name {@code family table chain}
 * @param priority in its hook; the smaller comes first
 * @param dropsByDefault its policy is drop
 * @param table what the name and the flags of its table say
 */
record FilterChain(String name, String hook, int priority, boolean dropsByDefault, Table table) {
    /** natexd's own chains have priority mangle. */
    private static final int MANGLE = -150;
    /** No connection is known before this priority (NF_IP_PRI_CONNTRACK). */
    private static final int CONNECTION_TRACKING = -200;

    /** Whether the kernel uses a table, and who may change it. */
    enum Table {
        USUAL,
        /** firewalld's own: its reload removes the rules that others added. */
        FIREWALLD,
        /** The one with which firewalld drops everything. */
        FIREWALLD_PANIC,
        /** One of iptables on a host with firewalld, whose reload replaces the rules in it. */
        BESIDE_FIREWALLD,
        /** A running program owns it; the kernel refuses changes by others. */
        OWNED,
        /** It has flags that nft does not print in clear: it may be owned or dormant. */
        UNCLEAR,
        /** The kernel does not call its chains. */
        DORMANT
    }

    /** Whether IPv4 packets pass it. */
    boolean isForIpv4() {
        return table != Table.DORMANT
                && (name.startsWith("ip ") || name.startsWith("inet ") || name.startsWith("netdev "));
    }

    /** Whether connection tracking has seen what comes here. */
    boolean isTracked() {
        return !hook.equals("ingress") && priority > CONNECTION_TRACKING;
    }

    /** Whether an ICMP error for this host passes it before it reaches natexd's queue rule. */
    boolean isBefore(boolean natexdInPrerouting) {
        return isForIpv4()
                && switch (hook) {
                    case "ingress" -> true;
                    case "prerouting" -> !natexdInPrerouting || priority <= MANGLE;
                    case "input" -> !natexdInPrerouting && priority <= MANGLE;
                    default -> false;
                };
    }

    /** How to let ICMP errors pass. */
    String remedyForErrors() {
        return remedy(
                "icmp type { destination-unreachable, time-exceeded } accept",
                "-p icmp --icmp-type destination-unreachable -j ACCEPT",
                "-p icmp --icmp-type time-exceeded -j ACCEPT");
    }

    /** How to let the packets pass that belong to a known connection, as ICMP errors do. */
    String remedyForRelated() {
        return remedy("ct state related accept", "-m conntrack --ctstate RELATED -j ACCEPT");
    }

    private String remedy(String nftRule, String... iptablesRules) {
        int chainName = name.lastIndexOf(' ') + 1;
        String tableName = name.substring(0, chainName - 1);
        String insert = "sudo nft insert rule " + name + " " + nftRule;
        return switch (table) {
            case USUAL, DORMANT -> "let ICMP errors pass first: " + insert;
            case FIREWALLD_PANIC -> "end firewalld's panic mode: sudo firewall-cmd --panic-off";
            case FIREWALLD ->
                "firewalld itself adds no rule that drops ICMP errors here; restore its rules:"
                        + " sudo firewall-cmd --reload";
            case BESIDE_FIREWALLD -> {
                String rules = Arrays.stream(iptablesRules)
                        .map(rule -> "sudo firewall-cmd --permanent --direct --add-passthrough ipv4 -t "
                                + tableName.substring(tableName.indexOf(' ') + 1) + " -I " + name.substring(chainName)
                                + " " + rule + " && ")
                        .collect(Collectors.joining());
                yield "let ICMP errors pass first: " + rules + "sudo firewall-cmd --reload";
            }
            case OWNED ->
                "a running program owns table " + tableName
                        + ": configure that program to accept ICMP destination-unreachable and time-exceeded first";
            case UNCLEAR ->
                "let ICMP errors pass first: " + insert + "; if the kernel refuses, a running program owns table "
                        + tableName + " (see: sudo nft list table " + tableName
                        + "): configure that program to accept ICMP errors";
        };
    }
}
