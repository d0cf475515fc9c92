package io.github.natexd.wire;

/** Protocol numbers of the IPv4 header (IANA, "Assigned Internet Protocol Numbers"). */
public final class Protocol {
    public static final int ICMP = 1;
    public static final int TCP = 6;
    public static final int UDP = 17;

    private Protocol() {}
}
