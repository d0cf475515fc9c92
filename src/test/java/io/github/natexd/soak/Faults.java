package io.github.natexd.soak;

import io.github.natexd.lab.Lab;
import io.github.natexd.lab.LabOptions;
import io.github.natexd.lab.LabOptions.Send;
import io.github.natexd.lab.Node;
import io.github.natexd.linux.libc.Libc;
import io.github.natexd.soak.Work.Task;
import io.github.natexd.testkit.LabNatexd;
import io.github.natexd.testkit.LabShell;
import io.github.natexd.testkit.ProbeFlood;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import jnr.unixsocket.UnixSocketAddress;
import jnr.unixsocket.UnixSocketChannel;

/** What goes wrong meanwhile, one fault after the other, and clients of the control socket, good and bad. */
final class Faults {
    private static final int SIGCONT = 18;
    private static final int SIGSTOP = 19;
    private static final long PAUSE_SECONDS = 4;
    private static final int SILENT = 20;
    private static final int GARBAGE_OCTETS = 3000;
    /** So many that both sockets and the queue overflow within a second. */
    private static final int OVERFLOW_PER_SECOND = 50_000;

    private static final LabOptions PLAIN = LabOptions.defaults();
    private static final LabOptions HOP = PLAIN.decrementingTtl().answeringTtlOne();
    private static final List<LabOptions> NATS = List.of(
            PLAIN.rewritingPorts(),
            HOP,
            PLAIN.rewritingIds(),
            PLAIN.sendingBy(Send.SOCKET),
            PLAIN.rewritingPorts().rewritingIds(),
            PLAIN);

    private final Lab lab;
    private final LabNatexd natexd;
    private final String[] settings;
    private final Random random = new Random(16);
    private int nats;
    private int reloads;

    /** @param settings those that natexd runs with; reloads add others to them */
    Faults(Lab lab, LabNatexd natexd, String... settings) {
        this.lab = lab;
        this.natexd = natexd;
        this.settings = settings;
    }

    void start(Work work) {
        List<Task> faults = List.of(
                () -> lab.nat(nextNat()),
                this::reload,
                () -> lab.restartNetwork(nextNat()),
                this::flushRules,
                this::overflow);
        List<Task> spread = new ArrayList<>();
        for (Task fault : faults) {
            spread.add(() -> TimeUnit.SECONDS.sleep(PAUSE_SECONDS));
            spread.add(fault);
        }
        work.repeat("faults", spread);
        work.repeat("control clients", List.of(this::silent, this::garbage, this::deafWatchers, this::natexctl));
    }

    private LabOptions nextNat() {
        return NATS.get(nats++ % NATS.size());
    }

    private void reload() throws InterruptedException {
        List<String> lines = new ArrayList<>(List.of(settings));
        lines.add("probes.max-ttl = " + (reloads++ % 2 == 0 ? 255 : 60));
        natexd.reload(lines.toArray(String[]::new));
        TimeUnit.SECONDS.sleep(1);
    }

    /** The chains stay: when a chain with a hook is deleted, the kernel drops what waits in queues, whoever deletes it. */
    private void flushRules() throws InterruptedException {
        LabShell.must(lab, Node.HOST, "nft flush table ip natexd; iptables-nft -t mangle -F");
        TimeUnit.SECONDS.sleep(1);
    }

    /** natexd stands still while the host sends more than queue and sockets can hold. */
    private void overflow() throws InterruptedException {
        Libc.INSTANCE.kill((int) natexd.pid(), SIGSTOP);
        try (ProbeFlood flood = ProbeFlood.start(lab, Node.HOST, 1, OVERFLOW_PER_SECOND)) {
            TimeUnit.SECONDS.sleep(1);
        } finally {
            Libc.INSTANCE.kill((int) natexd.pid(), SIGCONT);
        }
    }

    private void silent() throws IOException, InterruptedException {
        connected(SILENT, "");
    }

    private void garbage() throws IOException, InterruptedException {
        byte[] octets = new byte[GARBAGE_OCTETS];
        random.nextBytes(octets);
        connected(SILENT, new String(octets, StandardCharsets.ISO_8859_1));
    }

    /** They ask for everything and read nothing, until natexd disconnects them or they go. */
    private void deafWatchers() throws IOException, InterruptedException {
        connected(2, "watch all\n");
    }

    private void natexctl() {
        for (String command : List.of("status", "mappings", "metrics")) {
            natexd.natexctl(command);
        }
    }

    private void connected(int clients, String request) throws IOException, InterruptedException {
        List<UnixSocketChannel> open = new ArrayList<>();
        try {
            for (int i = 0; i < clients; i++) {
                UnixSocketChannel channel = UnixSocketChannel.open(
                        new UnixSocketAddress(natexd.socket().toString()));
                open.add(channel);
                write(channel, request);
            }
            TimeUnit.SECONDS.sleep(PAUSE_SECONDS);
        } finally {
            for (UnixSocketChannel channel : open) {
                channel.close();
            }
        }
    }

    private static void write(UnixSocketChannel channel, String request) {
        try {
            channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.ISO_8859_1)));
        } catch (IOException e) {
            // natexd may have disconnected it already.
        }
    }
}
