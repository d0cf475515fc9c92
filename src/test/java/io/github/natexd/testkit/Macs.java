package io.github.natexd.testkit;

import io.github.natexd.wire.MacAddress;

/** The hardware addresses of the lab, for tests that send frames or look at them. */
public final class Macs {
    public static final long GUEST1 = MacAddress.parse("00:0c:29:44:01:00");
    public static final long GUEST2 = MacAddress.parse("00:0c:29:44:01:01");
    public static final long HOST = MacAddress.parse("00:50:56:c0:00:08");
    public static final long NAT = MacAddress.parse("00:50:56:e0:44:02");
    public static final long UPLINK = MacAddress.parse("02:00:c0:a8:c7:c3");
    public static final long R1 = MacAddress.parse("02:00:c0:a8:c7:01");

    private Macs() {}
}
