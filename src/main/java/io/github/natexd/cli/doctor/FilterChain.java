package io.github.natexd.cli.doctor;

/**
 * A base chain of a filter: one that a hook of the kernel calls.
 *
 * @param name {@code family table chain}
 * @param priority in its hook; the smaller comes first
 * @param dropsByDefault its policy is drop
 * @param table what the flags of its table say
 */
record FilterChain(String name, String hook, int priority, boolean dropsByDefault, Table table) {
    /** natexd's own chains have priority mangle. */
    private static final int MANGLE = -150;
    /** No connection is known before this priority (NF_IP_PRI_CONNTRACK). */
    private static final int CONNECTION_TRACKING = -200;

    /** Whether a table is at work, and who may change it. */
    enum Table {
        USUAL,
        /** A running program owns it; the kernel refuses changes by others. */
        OWNED,
        /** It has flags that nft does not print in clear: it may be owned, or at rest. */
        UNCLEAR,
        /** Its chains are at rest. */
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

    String remedy() {
        String tableName = name.substring(0, name.lastIndexOf(' '));
        String insert = "sudo nft insert rule " + name + " icmp type { destination-unreachable, time-exceeded } accept";
        return switch (table) {
            case USUAL, DORMANT -> "let them pass first: " + insert;
            case OWNED ->
                "a running program owns table " + tableName
                        + ": configure that program to accept ICMP destination-unreachable and time-exceeded first";
            case UNCLEAR ->
                "let them pass first: " + insert + "; if the kernel refuses, a running program owns table " + tableName
                        + " (see: sudo nft list table " + tableName + "): configure that program";
        };
    }
}
