package io.github.natexd.keepalive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.linux.bpf.ControlGroups;
import io.github.natexd.linux.emulation.Namespace;
import io.github.natexd.testkit.LabNatexd;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;

/**
 * A host and a peer in network namespaces of their own, and control groups of our own with processes that connect.
 * <pre>
 *  host 10.66.15.1 ─── veth ─── 10.66.15.2 peer, which accepts and never sends
 *       fd66::1                 fd66::2
 * </pre>
 */
final class KeepaliveScene implements AutoCloseable {
    static final String PEER = "10.66.15.2";
    static final String PEER_6 = "fd66::2";
    private static final int PORT = 7007;
    private static final long PATIENCE_SECONDS = 20;
    private static final String DEVICE = "veth0";
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final String name = "nk" + ProcessHandle.current().pid() + "x" + NUMBER.incrementAndGet();
    private final String host = name + "h";
    private final String peer = name + "p";
    private final Path directory;
    private final Path groups;
    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    KeepaliveScene(Path directory) throws IOException {
        this.directory = directory;
        groups = ControlGroups.mountPoint(Path.of("/proc")).orElseThrow();
        try {
            for (String namespace : List.of(host, peer)) {
                shell("ip netns add " + namespace);
                open.push(() -> shell("ip netns delete " + namespace));
            }
            shell("ip -n %s link add %s type veth peer name %s netns %s".formatted(host, DEVICE, DEVICE, peer));
            for (String end : List.of(host + " 1", peer + " 2")) {
                String[] words = end.split(" ");
                shell("ip -n %s addr add 10.66.15.%s/24 dev %s".formatted(words[0], words[1], DEVICE));
                shell("ip -n %s addr add fd66::%s/64 dev %s nodad".formatted(words[0], words[1], DEVICE));
                shell("ip -n %s link set lo up; ip -n %s link set %s up".formatted(words[0], words[0], DEVICE));
            }
            ServerSocket server = Namespace.call(peer, () -> new ServerSocket(PORT));
            open.push(server);
            Thread acceptor = new Thread(() -> accept(server), "peer");
            acceptor.setDaemon(true);
            acceptor.start();
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /** Keeps what it accepts: a socket that nobody knows any more would be closed. */
    private static void accept(ServerSocket server) {
        List<Socket> accepted = new ArrayList<>();
        try {
            while (true) {
                accepted.add(server.accept());
            }
        } catch (IOException e) {
            // The scene has ended, and with it the namespace.
        }
    }

    /** A new control group of version 2, which must be empty at the end of the test. */
    Path group() throws IOException {
        Path group = Files.createDirectory(groups.resolve(name + "-" + NUMBER.incrementAndGet()));
        open.push(() -> await("the control group is empty", () -> {
            try {
                return Files.deleteIfExists(group);
            } catch (IOException e) {
                return false;
            }
        }));
        return group;
    }

    /** A process in the host's namespace whose program has this name. */
    Client client(String program, Path group) throws IOException {
        Client client = new Client(program(program), group);
        open.push(client);
        return client;
    }

    private Path program(String program) throws IOException {
        Path copy = directory.resolve(program);
        if (Files.notExists(copy)) {
            Files.copy(Path.of("/bin/bash"), copy, StandardCopyOption.COPY_ATTRIBUTES);
        }
        return copy;
    }

    /** Processes of another user whose program has this name. They do nothing. */
    void crowd(int count, String program, Path group) throws IOException {
        Path copy = program(program);
        shell("chmod go+rx " + directory);
        for (int i = 0; i < count; i++) {
            Process process = new ProcessBuilder(
                            "sh",
                            "-c",
                            "echo $$ >\"$1/cgroup.procs\"; exec setpriv --reuid=65534 --clear-groups \"$2\" -c 'read -r _'",
                            "sh",
                            group.toString(),
                            copy.toString())
                    .start();
            open.push(process::destroyForcibly);
        }
    }

    /** Connects on demand, and reads from each connection until that ends. */
    final class Client implements AutoCloseable {
        private static final String SCRIPT = """
                while read -r word address; do
                    exec {connection}<>"/dev/$word/$address/%d" || { echo "failed"; continue; }
                    if [ "$word" = udp ]; then echo "connected 0"; continue; fi
                    (read -r -u $connection; echo "ended $connection") &
                    echo "connected $connection"
                done
                """.formatted(PORT);

        private final Process process;
        private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
        private final Map<String, Long> ends = new ConcurrentHashMap<>();

        private Client(Path program, Path group) throws IOException {
            process = new ProcessBuilder(
                            "sh",
                            "-c",
                            "echo $$ >\"$1/cgroup.procs\"; exec ip netns exec \"$2\" \"$3\" -c \"$4\"",
                            "sh",
                            group.toString(),
                            host,
                            program.toString(),
                            SCRIPT)
                    .redirectErrorStream(true)
                    .start();
            Thread reader = new Thread(this::read, "client");
            reader.setDaemon(true);
            reader.start();
        }

        private void read() {
            try (BufferedReader said =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                for (String line = said.readLine(); line != null; line = said.readLine()) {
                    if (line.startsWith("ended ")) {
                        ends.put(line.substring("ended ".length()), System.nanoTime());
                    } else {
                        lines.add(line);
                    }
                }
            } catch (IOException e) {
                // It has ended.
            }
        }

        long pid() {
            return process.pid();
        }

        /** Makes a TCP connection to the peer; answers its name for {@link #hasEnded}. */
        String connect(String address) {
            return connect("tcp", address);
        }

        String connect(String protocol, String address) {
            try {
                process.getOutputStream().write((protocol + " " + address + "\n").getBytes(StandardCharsets.UTF_8));
                process.getOutputStream().flush();
                String said = lines.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
                assertTrue(said != null && said.startsWith("connected "), "the client said " + said);
                return said.substring("connected ".length());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        boolean hasEnded(String connection) {
            return ends.containsKey(connection);
        }

        /** What ss shows of its connections: one line for each, with its timer. */
        List<String> sockets() {
            // The readers of the connections share them: ss names all the processes in one line.
            return shell("ip netns exec " + host + " ss -Htnpo state established")
                    .lines()
                    .filter(line -> line.contains("pid=" + pid() + ","))
                    .toList();
        }

        List<String> withKeepalive() {
            return sockets().stream()
                    .filter(line -> line.contains("timer:(keepalive"))
                    .toList();
        }

        @Override
        public void close() {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            try {
                process.waitFor();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** natexd keepalive with these lines in its [keepalive], as its unit starts it; not yet ready. */
    Service service(String capabilities, String... settings) throws IOException {
        Service service = new Service(capabilities, settings);
        open.push(service);
        return service;
    }

    final class Service implements AutoCloseable {
        /** By the names of setpriv(1). */
        static final String BOTH = "+bpf,+net_admin";

        private static final String NOBODY = "65534";

        private final Process process;
        private final Path log;

        private Service(String capabilities, String... settings) throws IOException {
            int number = NUMBER.incrementAndGet();
            log = directory.resolve("log" + number);
            Path config = Files.writeString(
                    directory.resolve(number + ".toml"), "[keepalive]\n" + String.join("\n", settings) + "\n");
            shell("chmod go+rx " + directory);
            List<String> command = new ArrayList<>(List.of("setpriv", "--reuid=" + NOBODY, "--clear-groups"));
            command.addAll(List.of(
                    "--bounding-set=-all," + capabilities,
                    "--inh-caps=-all," + capabilities,
                    "--ambient-caps=-all," + capabilities));
            command.addAll(List.of(
                    LabNatexd.tree().resolve("bin/natexd").toString(), "keepalive", "--config", config.toString()));
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
        }

        void awaitLog(String regex) {
            Pattern pattern = Pattern.compile(regex);
            await(regex, () -> pattern.matcher(log()).find() || !process.isAlive());
            assertTrue(pattern.matcher(log()).find(), this::log);
        }

        /** The readers of its connections bear its name too. */
        void awaitAttached(Client client) {
            awaitLog("\\(process ([0-9]+, )*" + client.pid() + "[,)]");
        }

        String log() {
            try {
                return Files.readString(log);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        void killHard() {
            process.destroyForcibly();
            awaitEnd();
        }

        int stop() {
            process.destroy();
            return awaitEnd();
        }

        int awaitEnd() {
            try {
                assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), this::log);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            return process.exitValue();
        }

        @Override
        public void close() {
            killHard();
        }
    }

    /** The peer is gone from one moment to the next, without a word. */
    void peerVanishes() {
        shell("ip -n " + peer + " link set " + DEVICE + " down");
    }

    /** How many TCP segments have reached the peer. */
    long segmentsAtPeer() {
        List<String[]> rows = shell("ip netns exec " + peer + " cat /proc/net/snmp")
                .lines()
                .filter(line -> line.startsWith("Tcp: "))
                .map(line -> line.split(" "))
                .toList();
        return Long.parseLong(rows.get(1)[Arrays.asList(rows.get(0)).indexOf("InSegs")]);
    }

    static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, "not within " + PATIENCE_SECONDS + " s: " + what);
            pause(20);
        }
    }

    static void pause(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static String shell(String script) {
        try {
            Process process = new ProcessBuilder("sh", "-euc", script)
                    .redirectErrorStream(true)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(0, process.waitFor(), script + ": " + output);
            return output;
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(script, e);
        }
    }

    @Override
    public void close() {
        List<Throwable> failures = new ArrayList<>();
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception | AssertionError e) {
                failures.add(e);
            }
        }
        assertEquals(List.of(), failures);
    }
}
