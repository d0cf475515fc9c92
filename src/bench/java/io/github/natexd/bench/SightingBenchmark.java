package io.github.natexd.bench;

import io.github.natexd.mapping.Mapper;
import io.github.natexd.testkit.Packets;
import io.github.natexd.wire.Ipv4Header;
import io.github.natexd.wire.Probe;
import io.github.natexd.wire.ReadProbe;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * The cost of a probe: both its sightings, their pairing, and the removal of the oldest mapping if the table is full.
 */
public class SightingBenchmark extends NanosPerCall {
    private static final int FIRST_TARGET = 0x0a000001;
    private static final int TARGET_OFFSET = 16;

    @Param({"1000", "65536"})
    public int capacity;

    private Mapper mapper;
    private final Ipv4Header header = new Ipv4Header();
    private final ReadProbe probe = new ReadProbe();
    private final ByteBuffer ofGuest = Packets.udpProbe(Packets.GUEST, FIRST_TARGET, 40000, 33434)
            .id(7)
            .checksum(0)
            .buffer();
    private final ByteBuffer ofHost = Packets.udpProbe(Packets.HOST, FIRST_TARGET, 40000, 33434)
            .id(7)
            .checksum(0)
            .buffer();
    private int next;

    @Setup
    public void fill() {
        mapper = new Mapper(capacity, TimeUnit.HOURS.toNanos(1), 0);
        for (int i = 0; i < capacity; i++) {
            probe();
        }
    }

    @Benchmark
    public int probe() {
        int target = FIRST_TARGET + (next++ & 0xffffff);
        mapper.guestSighted(read(ofGuest, target), Packets.GUEST_MAC, Packets.GATEWAY_MAC, 1);
        mapper.egressSighted(read(ofHost, target), 0, 1);
        return target;
    }

    private Probe read(ByteBuffer packet, int target) {
        packet.putInt(TARGET_OFFSET, target);
        header.over(packet, 0, packet.capacity()).check(false);
        probe.read(packet, header);
        return probe;
    }
}
