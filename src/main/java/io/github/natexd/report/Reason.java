package io.github.natexd.report;

/** What became of a queued packet, and why. Each constant is a counter, a log field and a row in the manual. */
public enum Reason {
    /** Certain: the error is moved. Rewritten and given to the guest that sent the probe, dropped for the host. */
    RELAYED("moved to the guest that sent the probe"),
    /** R52: likely, on little evidence: the guest gets a copy. */
    COPIED_LIKELY("copied to the guest that likely sent the probe; the host keeps the error"),
    /** R52: only a sighting that came after the error showed whose it is. */
    COPIED_LATE("copied to the guest when a late sighting showed that it sent the probe; the host keeps the error"),

    /** R15: the probe is the host's own. */
    HOST_PROBE("the host itself sent the probe"),
    /** R15: nobody was seen sending the embedded packet. */
    NO_MAPPING("no recent probe matches the embedded packet"),
    /** R17: more than one sender is possible. */
    AMBIGUOUS("several senders are equally possible"),

    /** R3: the kernel handed over only a part of it. */
    TRUNCATED("the kernel handed over only a part of the packet"),
    /** R2: not IPv4, or lengths that cannot be. */
    OUTER_MALFORMED("the outer IPv4 header is malformed"),
    /** R2: the outer packet is a fragment. */
    OUTER_FRAGMENT("the outer packet is a fragment"),
    /** R1: not ICMP, or an ICMP type or code that is not relayed. */
    NOT_SELECTED("not an ICMP error that the configuration selects"),
    /** R4: relaying it would launder a corrupt packet. */
    OUTER_CHECKSUM("the outer ICMP checksum is wrong"),
    /** R51: no router can have this address. */
    IMPOSSIBLE_REPORTER("the reporter's address cannot be a router's"),
    /** R13: the error was not sent to the one whose packet it quotes. */
    NOT_ADDRESSED_TO_SENDER("outer destination and embedded source differ"),
    /** R5, R7: the quote is too short or its header malformed. */
    EMBEDDED_MALFORMED("the embedded packet is malformed or too short"),
    /** R6: only the first fragment has ports. */
    EMBEDDED_FRAGMENT("the embedded packet is a later fragment"),
    /** R8, R30: not UDP nor an echo request. */
    EMBEDDED_NOT_A_PROBE("the embedded packet is neither UDP nor an ICMP echo request"),

    /** The fallback: accepted for the host, and a rewritten copy sent to the configured guest. */
    STATIC_GUEST("no guest found: accepted, with a copy for the static guest"),
    /** The fallback's guest has not been sighted yet, so its MAC address is unknown. */
    STATIC_GUEST_UNSEEN("no guest found, and the static guest has not sent a probe yet"),
    /** The NAT process hands this class of errors to guests itself. */
    NAT_DELIVERS("the NAT process delivers such errors itself"),
    /** R37: longer than the guest network's MTU. */
    TOO_LONG("longer than the guest network's MTU"),
    /** The guest network did not take the frame. */
    SEND_FAILED("the guest network did not accept the frame"),
    /** The guest network is not there. */
    NO_GUEST_NETWORK("the guest network is missing"),
    /** R54: this guest has had its errors of this second. */
    RATE_LIMITED("the guest already gets as many errors per second as the configuration allows"),
    /** R41: an error of natexd's own. */
    INTERNAL_ERROR("internal error; packet passed unchanged");

    private final String text;

    Reason(String text) {
        this.text = text;
    }

    /** The reason in words, for logs and the manual. */
    public String text() {
        return text;
    }

    /** No guest is found for the embedded packet: what the static guest is for. */
    public boolean isUnmapped() {
        return this == HOST_PROBE || this == NO_MAPPING || this == AMBIGUOUS;
    }

    /** A guest was given the error, or a copy of it. */
    public boolean isDelivered() {
        return this == RELAYED || this == COPIED_LIKELY || this == COPIED_LATE || this == STATIC_GUEST;
    }
}
