package io.github.natexd.testkit;

import io.github.natexd.mapping.Mapper;
import io.github.natexd.mapping.Match;
import io.github.natexd.wire.Ipv4Address;
import io.github.natexd.wire.Probe;
import io.github.natexd.wire.ReadProbe;

/**
 * Shows a mapper probes of one class, as a guest sends them that forges every address of its network. They are written
 * without packets: building hundreds of thousands would take its time.
 */
public final class CraftedProbes {
    public static final int ADDRESSES = 254;
    public static final long NOW = 1_000_000_000_000L;

    private static final int NETWORK = Ipv4Address.parse("192.168.44.0");
    private static final int CLASS = 33434;

    private final Mapper mapper;
    private final ReadProbe probe = new ReadProbe();

    public CraftedProbes(Mapper mapper) {
        this.mapper = mapper;
    }

    /** @param address the last octet, 1 to {@link #ADDRESSES} */
    public void guest(int address, int port, int id, int ttl) {
        mapper.guestSighted(probe(NETWORK + address, port, id, ttl), Packets.GUEST_MAC, Packets.GATEWAY_MAC, NOW);
    }

    public void leaves(int port, int id, int ttl) {
        mapper.egressSighted(hosts(port, id, ttl), Mapper.NO_UID, NOW);
    }

    public Match find(int port, int id) {
        return mapper.find(hosts(port, id, 1), NOW, NOW + Mapper.SETTLED_NANOS, true);
    }

    /** A probe of the host; valid until the next call. */
    public Probe hosts(int port, int id, int ttl) {
        return probe(Packets.HOST, port, id, ttl);
    }

    private Probe probe(int source, int port, int id, int ttl) {
        probe.protocol = 17;
        probe.source = source;
        probe.destination = Packets.TARGET;
        probe.sourcePort = port;
        probe.destinationPort = CLASS;
        probe.identification = id;
        probe.timeToLive = ttl;
        probe.transportLength = 40;
        probe.content = source == Packets.HOST ? 1 : 1 + id % 2;
        probe.contentKnown = true;
        return probe;
    }
}
