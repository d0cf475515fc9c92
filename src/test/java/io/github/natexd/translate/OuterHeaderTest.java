package io.github.natexd.translate;

import static io.github.natexd.testkit.Packets.GATEWAY_MAC;
import static io.github.natexd.testkit.Packets.GUEST;
import static io.github.natexd.testkit.Packets.GUEST_MAC;
import static io.github.natexd.testkit.Packets.HOST;
import static io.github.natexd.testkit.Packets.ROUTER;
import static io.github.natexd.testkit.Packets.TARGET;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.mapping.Mapper;
import io.github.natexd.ports.Surroundings;
import io.github.natexd.report.Reason;
import io.github.natexd.testkit.IcmpErrorBuilder;
import io.github.natexd.testkit.Packets;
import io.github.natexd.testkit.ProbeBuilder;
import io.github.natexd.testkit.Selected;
import io.github.natexd.wire.Ipv4Header;
import io.github.natexd.wire.Probe;
import io.github.natexd.wire.ReadProbe;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The error's own header: what becomes of its checksum, and how short an error can be. */
class OuterHeaderTest {
    private static final long NOW = 60_000_000_000L;
    private static final byte[] RECORD_ROUTE = {7, 7, 8, 10, 0, 0, 1, 0};

    private final Mapper mapper = new Mapper(64, NOW, 0);
    private final Translator translator =
            new Translator(Selected.BY_DEFAULT, mapper, new Surroundings(new int[] {HOST}, GUEST, 24, 1));
    private final Judgement judgement = new Judgement();

    @Test
    @DisplayName("after the host's kernel has changed an option, the guest gets a right header checksum")
    void optionsThatTheKernelHasChangedGetARightChecksum() {
        byte[] packet = translated(error().options(RECORD_ROUTE).wrongHeaderChecksum());

        assertTrue(Packets.headerIntact(packet, 0));
    }

    @Test
    @DisplayName("R4: without options, a wrong header checksum stays wrong")
    void aWrongHeaderChecksumIsNotLaundered() {
        byte[] packet = translated(error().wrongHeaderChecksum());

        assertFalse(Packets.headerIntact(packet, 0));
    }

    @Test
    @DisplayName("R5: an error that quotes nothing is malformed, and one without its whole ICMP header is no error")
    void anErrorWithoutAQuoteIsMalformed() {
        byte[] bare = Packets.timeExceeded(ROUTER, HOST).bytes();
        assertEquals(28, bare.length);
        assertEquals(Reason.EMBEDDED_MALFORMED, judged(bare));

        byte[] cut = Packets.timeExceeded(ROUTER, HOST).totalLength(27).bytes();
        assertEquals(Reason.NOT_SELECTED, judged(Arrays.copyOf(cut, 27)));
    }

    private byte[] translated(IcmpErrorBuilder error) {
        mapper.guestSighted(read(probe(GUEST)), GUEST_MAC, GATEWAY_MAC, NOW);
        mapper.egressSighted(read(probe(HOST)), Mapper.NO_UID, NOW);
        byte[] packet = error.bytes();
        assertEquals(Reason.RELAYED, judged(packet));
        translator.rewrite(judgement);
        return packet;
    }

    private Reason judged(byte[] packet) {
        judgement.begin(ByteBuffer.wrap(packet), 0, packet.length, NOW);
        translator.read(judgement);
        translator.find(judgement, NOW);
        return judgement.reason;
    }

    private static IcmpErrorBuilder error() {
        return Packets.timeExceeded(ROUTER, HOST).quoting(probe(HOST).bytes(), 28);
    }

    private static Probe read(ProbeBuilder sent) {
        byte[] packet = sent.bytes();
        Ipv4Header header = new Ipv4Header().over(ByteBuffer.wrap(packet), 0, packet.length);
        ReadProbe probe = new ReadProbe();
        assertTrue(header.check(false) == Ipv4Header.Problem.NONE && probe.read(ByteBuffer.wrap(packet), header));
        return probe;
    }

    private static ProbeBuilder probe(int source) {
        return Packets.udpProbe(source, TARGET, 40000, 33434).ttl(1).id(7).dataOctets(32);
    }
}
