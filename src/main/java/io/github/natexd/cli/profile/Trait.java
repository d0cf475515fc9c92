package io.github.natexd.cli.profile;

/** What can be asked of a NAT process about one protocol. The names in JSON are stable. */
enum Trait {
    PORT_KEPT("portKept", "source port kept", "probes with the guest's port", "no probe was seen on both sides"),
    IDENTIFIER_KEPT(
            "identifierKept",
            "identifier kept",
            "requests with the guest's identifier",
            "no request was seen on both sides"),
    SAME_PORT(
            "samePortForEveryDestination",
            "one port for every destination",
            "guest's ports",
            "no guest's port was seen with two destinations"),
    SAME_IDENTIFIER(
            "sameIdentifierForEveryDestination",
            "one identifier for every destination",
            "guest's identifiers",
            "no guest's identifier was seen with two destinations"),
    IP_ID_KEPT("ipIdKept", "IP ID kept", "probes", "no probe with an IP ID was seen on both sides"),
    TTL_KEPT("ttlKept", "TTL kept", "probes", "no probe was seen on both sides"),
    REPLY_TTL_KEPT("replyTtlKept", "TTL of replies kept, or one less", "replies", "no reply was seen on both sides"),
    REPLY_IP_ID_KEPT(
            "replyIpIdKept", "IP ID of replies kept", "replies", "no reply with an IP ID was seen on both sides"),
    TIME_EXCEEDED("handsOverTimeExceeded", "hands over time exceeded"),
    FRAGMENTATION_NEEDED("handsOverFragmentationNeeded", "hands over fragmentation needed"),
    PORT_UNREACHABLE("handsOverPortUnreachable", "hands over port unreachable"),
    DESTINATION_UNREACHABLE("handsOverDestinationUnreachable", "hands over other unreachable"),
    PARAMETER_PROBLEM("handsOverParameterProblem", "hands over parameter problem"),
    PROXIED("proxied", "connections are proxied", "connections", "no connection was seen on both sides"),
    HANDSHAKE_WITHOUT_GUEST(
            "handshakeWithoutGuest",
            "the host's handshake needs no ACK of the guest",
            "handshakes that the host completed first",
            "no handshake was seen on both sides"),
    SEQUENCE_KEPT("sequenceKept", "sequence number kept", "SYNs", "no SYN was seen on both sides"),
    TCP_PORT_KEPT("portKept", "source port kept", "SYNs", "no SYN was seen on both sides"),
    TCP_IP_ID_KEPT("ipIdKept", "IP ID kept", "SYNs", "no SYN with an IP ID was seen on both sides"),
    TCP_TTL_KEPT("ttlKept", "TTL kept, or one less", "SYNs", "no SYN was seen on both sides"),
    KEEPALIVES_FORWARDED(
            "keepalivesForwarded",
            "keepalives are forwarded",
            "connections with a guest's keepalives",
            "no guest sent a keepalive on a connection seen on both sides");

    private final String field;
    private final String label;
    private final String examples;
    private final String missing;

    Trait(String field, String label, String examples, String missing) {
        this.field = field;
        this.label = label;
        this.examples = examples;
        this.missing = missing;
    }

    /** A class of ICMP errors. */
    Trait(String field, String label) {
        this(field, label, "errors to the host that the NAT handed over", "no such error to the host was seen");
    }

    /** The field in JSON. */
    String field() {
        return field;
    }

    String label() {
        return label;
    }

    /** What is counted, in the plural. */
    String examples() {
        return examples;
    }

    /** Why it is not known. */
    String missing() {
        return missing;
    }
}
