package io.github.natexd.bench;

import io.github.natexd.mapping.Mapper;
import io.github.natexd.ports.Surroundings;
import io.github.natexd.report.Reason;
import io.github.natexd.testkit.Packets;
import io.github.natexd.testkit.ProbeBuilder;
import io.github.natexd.translate.ErrorTypes;
import io.github.natexd.translate.Judgement;
import io.github.natexd.translate.Translator;
import io.github.natexd.wire.Ipv4Header;
import io.github.natexd.wire.Probe;
import io.github.natexd.wire.ReadProbe;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * The cost of one error outside the kernel: copying its 88 octets, the look-up among the live mappings, the decision
 * and the rewrite. Uses the daemon's compiler and collector.
 */
public class TranslateBenchmark extends NanosPerCall {
    private static final int CAPACITY = 65536;
    private static final int STRIDE = 7919; // a prime, so that consecutive errors are about distant mappings
    private static final int BATCH = 64;
    private static final int FIRST_TARGET = 0x0a000001;
    private static final int REPORTER = 0x64400001;

    @Param({"10", "1000", "65536"})
    public int mappings;

    private final Mapper mapper = new Mapper(CAPACITY, TimeUnit.HOURS.toNanos(1), 0);
    private final Judgement judgement = new Judgement();
    private final Judgement[] judgements = new Judgement[BATCH];
    private Translator translator;
    private ByteBuffer errors;
    private ByteBuffer packet;
    private ByteBuffer batch;
    private int length;
    private int next;

    @Setup
    public void fill() {
        Surroundings surroundings =
                new Surroundings(new int[] {Packets.HOST}, Packets.GATEWAY & 0xffffff00 | 1, 24, 0x005056c00008L);
        translator = new Translator(new ErrorTypes(true, true, false, false), mapper, surroundings);
        for (int i = 0; i < mappings; i++) {
            mapper.guestSighted(read(probe(Packets.GUEST, i)), Packets.GUEST_MAC, Packets.GATEWAY_MAC, 1);
            mapper.egressSighted(read(probe(Packets.HOST, i)), 0, 1);
        }
        length = error(0).length;
        errors = ByteBuffer.allocateDirect(mappings * length);
        for (int i = 0; i < mappings; i++) {
            errors.put(error((int) ((long) i * STRIDE % mappings)));
        }
        packet = ByteBuffer.allocateDirect(length);
        batch = ByteBuffer.allocateDirect(BATCH * length);
        Arrays.setAll(judgements, i -> new Judgement());
    }

    private static ProbeBuilder probe(int source, int i) {
        return Packets.udpProbe(source, FIRST_TARGET + i, 32768 + i % 8192, 33434 + i % 90)
                .id(1 + i % 65535)
                .ttl(5)
                .dataOctets(32);
    }

    private static byte[] error(int i) {
        return Packets.timeExceeded(REPORTER, Packets.HOST)
                .quoting(probe(Packets.HOST, i).ttl(1).bytes())
                .bytes();
    }

    private static Probe read(ProbeBuilder built) {
        ByteBuffer octets = built.buffer();
        Ipv4Header header = new Ipv4Header().over(octets, 0, octets.capacity());
        ReadProbe probe = new ReadProbe();
        if (header.check(true) != Ipv4Header.Problem.NONE || !probe.read(octets, header)) {
            throw new IllegalStateException("the benchmark's probe was not recognized as a probe");
        }
        return probe;
    }

    @Benchmark
    public int translate() {
        packet.put(0, errors, next * length, length);
        next = next + 1 < mappings ? next + 1 : 0;
        judgement.begin(packet, 0, length, 2);
        translator.read(judgement);
        translator.find(judgement, 2);
        if (judgement.reason != Reason.RELAYED) {
            throw new IllegalStateException("an error of the benchmark was not recognized");
        }
        translator.rewrite(judgement);
        return packet.getInt(16);
    }

    /** A batch as the relay judges it: the mappings of all its packets are fetched first. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public int translateBatch() {
        for (int i = 0; i < BATCH; i++) {
            batch.put(i * length, errors, next * length, length);
            next = next + 1 < mappings ? next + 1 : 0;
            judgements[i].begin(batch, i * length, length, 2);
            translator.read(judgements[i]);
        }
        mapper.fetch();
        for (int i = 0; i < BATCH; i++) {
            translator.find(judgements[i], 2);
            translator.rewrite(judgements[i]);
        }
        return batch.getInt(16);
    }
}
