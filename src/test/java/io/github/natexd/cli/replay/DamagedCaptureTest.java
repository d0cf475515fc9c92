package io.github.natexd.cli.replay;

import static io.github.natexd.testkit.Packets.GATEWAY_MAC;
import static io.github.natexd.testkit.Packets.GUEST;
import static io.github.natexd.testkit.Packets.GUEST_MAC;
import static io.github.natexd.testkit.Packets.HOST;
import static io.github.natexd.testkit.Packets.ROUTER;
import static io.github.natexd.testkit.Packets.TARGET;
import static io.github.natexd.testkit.Packets.frame;
import static io.github.natexd.testkit.Packets.timeExceeded;
import static io.github.natexd.testkit.Packets.udpProbe;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.natexd.cli.capture.LinkLayer;
import io.github.natexd.cli.form.ExitCodes;
import io.github.natexd.config.Config;
import io.github.natexd.testkit.PcapBuilder;
import io.github.natexd.testkit.PcapngBuilder;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** For every content of a file, replay prints a complete report; it reports damage and never crashes. */
class DamagedCaptureTest {
    private static final int FILES = 10_000;
    private static final long SEED = 20_261_120;
    private static final int DAMAGES_MOST = 8;
    private static final int CAPACITY = 64;

    private final Random random = new Random(SEED);

    @Test
    void survivesTenThousandDamagedFiles() throws Exception {
        List<byte[]> whole = List.of(
                pcap(ByteOrder.LITTLE_ENDIAN, LinkLayer.ETHERNET),
                pcap(ByteOrder.BIG_ENDIAN, LinkLayer.ETHERNET),
                pcap(ByteOrder.LITTLE_ENDIAN, LinkLayer.COOKED),
                pcapng());
        int damaged = 0;
        int read = 0;
        for (int i = 0; i < FILES; i++) {
            byte[] file = damage(whole.get(i % whole.size()));
            int exit = replay(file, i);
            assertTrue(exit == 0 || exit == ExitCodes.DAMAGED, "file " + i + " ended with " + exit);
            damaged += exit == 0 ? 0 : 1;
            read += exit == 0 ? 1 : 0;
        }

        assertTrue(damaged > FILES / 10, "too few were found out: " + damaged);
        assertTrue(read > FILES / 10, "too few could be read: " + read);
    }

    private int replay(byte[] file, int index) throws Exception {
        StringWriter out = new StringWriter();
        boolean json = index % 2 == 0;
        CommandLine line = new CommandLine(new ReplayCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(new StringWriter()));
        ReplayCommand command = line.getCommand();
        line.parseArgs(json ? new String[] {"--json", "--hex", "file"} : new String[] {"--hex", "file"});
        int exit;
        try {
            exit = command.replay(config(), () -> new ByteArrayInputStream(file));
        } catch (RuntimeException e) {
            throw new AssertionError("file " + index + " of seed " + SEED, e);
        }
        if (json) {
            new ObjectMapper().readTree(out.toString());
        }
        return exit;
    }

    private static Config config() {
        Config defaults = Config.defaults();
        return new Config(
                defaults.queue(),
                defaults.guestNetwork(),
                defaults.relay(),
                new Config.Probes(60, 30, CAPACITY),
                defaults.rules(),
                defaults.control(),
                defaults.metrics(),
                defaults.keepalive());
    }

    /** Changes some octets, and sometimes truncates the file, or removes or doubles a part. */
    private byte[] damage(byte[] whole) {
        byte[] file = whole.clone();
        int changes = 1 + random.nextInt(DAMAGES_MOST);
        for (int i = 0; i < changes; i++) {
            int at = random.nextInt(file.length);
            file[at] = (byte) (random.nextBoolean() ? random.nextInt(256) : file[at] ^ 1 << random.nextInt(8));
        }
        int from = random.nextInt(file.length);
        int to = from + random.nextInt(file.length - from);
        return switch (random.nextInt(6)) {
            case 0 -> Arrays.copyOf(file, from);
            case 1 -> joined(file, from, to);
            case 2 -> joined(file, to, from);
            default -> file;
        };
    }

    private static byte[] joined(byte[] file, int headEnd, int tailStart) {
        byte[] joined = Arrays.copyOf(file, headEnd + file.length - tailStart);
        System.arraycopy(file, tailStart, joined, headEnd, file.length - tailStart);
        return joined;
    }

    private static byte[] pcap(ByteOrder order, int linkType) {
        byte[] egress = egress();
        PcapBuilder capture = new PcapBuilder(order, false, linkType);
        long time = 1_700_000_000_000_000_000L;
        for (byte[] packet : List.of(guest(), egress, error(egress), egress, error(egress))) {
            time += 1_000_000;
            byte[] framed = frame(GATEWAY_MAC, GUEST_MAC, packet);
            // A cooked packet has two more octets before its ether type.
            capture.packet(time, linkType == LinkLayer.ETHERNET ? framed : joined(framed, 2, 0));
        }
        return capture.bytes();
    }

    private static byte[] pcapng() {
        byte[] egress = egress();
        return new PcapngBuilder()
                .section(ByteOrder.LITTLE_ENDIAN)
                .networkInterface(LinkLayer.ETHERNET, 9, 1)
                .networkInterface(LinkLayer.RAW)
                .packet(0, 1_700_000_000_000_000_000L, frame(GATEWAY_MAC, GUEST_MAC, guest()))
                .packet(1, 1_700_000_001_000_000L, egress, 2)
                .packet(1, 1_700_000_001_001_000L, error(egress))
                .section(ByteOrder.BIG_ENDIAN)
                .networkInterface(LinkLayer.RAW)
                .simplePacket(egress)
                .simplePacket(error(egress))
                .bytes();
    }

    private static byte[] guest() {
        return udpProbe(GUEST, TARGET, 40_000, 33_434).bytes();
    }

    private static byte[] egress() {
        return udpProbe(HOST, TARGET, 40_000, 33_434).bytes();
    }

    private static byte[] error(byte[] probe) {
        return timeExceeded(ROUTER, HOST).quoting(probe).mpls(24_001, 0, 1).bytes();
    }
}
