package io.github.natexd.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.lab.Lab;
import io.github.natexd.lab.LabOptions;
import io.github.natexd.lab.Node;
import io.github.natexd.lab.Topology;
import io.github.natexd.lab.Traceroute;
import io.github.natexd.linux.libc.Libc;
import io.github.natexd.linux.libc.OsException;
import io.github.natexd.testkit.LabNatexd;
import io.github.natexd.testkit.clients.Client;
import io.github.natexd.testkit.clients.Warmup;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import jnr.unixsocket.UnixSocketAddress;
import jnr.unixsocket.UnixSocketChannel;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** Members of natexd's group misuse its control socket: guests trace on, and root gets its status. */
@TestInstance(Lifecycle.PER_CLASS)
class ControlAttackLabTest {
    private static final int GARBAGE = 100_000;
    private static final int GARBAGE_MAX_OCTETS = 6_000;
    private static final int CLIENTS_OF_EACH_KIND = 200;
    private static final int STATUS_REQUESTS = 5;
    private static final int FREE_DESCRIPTORS = 4;
    private static final int MANY_DESCRIPTORS = 1_024;
    private static final byte[] REQUEST = "status\n".getBytes();

    private Lab lab;
    private LabNatexd natexd;

    @BeforeAll
    void start() {
        lab = Lab.up(LabOptions.defaults());
        natexd = LabNatexd.start(lab, "control.group = \"nogroup\"");
        Warmup.of(lab);
    }

    @AfterAll
    void stop() {
        natexd.close();
        lab.close();
    }

    @AfterEach
    void natexdHasNothingToComplainAbout() {
        assertFalse(natexd.log().contains("WARN") || natexd.log().contains("ERROR"), natexd::log);
    }

    @Test
    void silentAndSlowClientsDisturbNeitherRelayNorRoot() throws Exception {
        try (Members members = new Members(this::keepSilentAndSlowClients)) {
            rootAndGuestsGetWhatTheyAskFor();
        }
    }

    @Test
    void garbageDisturbsNeitherRelayNorRoot() throws Exception {
        Random random = new Random(4);
        byte[] garbage = new byte[GARBAGE_MAX_OCTETS];
        try (Members members = new Members(() -> {
            random.nextBytes(garbage);
            send(ByteBuffer.wrap(garbage, 0, 1 + random.nextInt(garbage.length)));
        })) {
            rootAndGuestsGetWhatTheyAskFor();
            members.awaitRounds(GARBAGE);
        }
        rootAndGuestsGetWhatTheyAskFor();
    }

    @Test
    void exhaustedDescriptorsDisturbNeitherRelayNorRoot() throws Exception {
        limitDescriptors(highestDescriptor() + 1 + FREE_DESCRIPTORS);
        try (Members members = new Members(this::keepSilentAndSlowClients)) {
            rootAndGuestsGetWhatTheyAskFor();
        } finally {
            limitDescriptors(MANY_DESCRIPTORS);
        }
        rootAndGuestsGetWhatTheyAskFor();
    }

    private void rootAndGuestsGetWhatTheyAskFor() {
        for (int i = 0; i < STATUS_REQUESTS; i++) {
            Lab.Result status = natexd.natexctl("status");
            assertEquals(0, status.exitCode(), () -> status.output() + natexd.log());
            String trace = Client.TRACEROUTE.run(lab, Node.GUEST1);
            assertEquals(Topology.HOPS, Traceroute.hops(trace), () -> trace + natexd.log());
        }
    }

    /** Fills the socket with clients that send nothing, and with clients that send and read one octet at a time. */
    private void keepSilentAndSlowClients() {
        List<UnixSocketChannel> slow = new ArrayList<>();
        List<UnixSocketChannel> all = new ArrayList<>();
        try {
            for (int i = 0; i < CLIENTS_OF_EACH_KIND; i++) {
                all.add(connect());
                UnixSocketChannel channel = connect();
                slow.add(channel);
                all.add(channel);
            }
            for (byte octet : REQUEST) {
                slow.forEach(channel -> write(channel, ByteBuffer.wrap(new byte[] {octet})));
                TimeUnit.MILLISECONDS.sleep(50);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            all.forEach(ControlAttackLabTest::close);
        }
    }

    private void send(ByteBuffer octets) {
        UnixSocketChannel channel = connect();
        write(channel, octets);
        close(channel);
    }

    private UnixSocketChannel connect() {
        try {
            return UnixSocketChannel.open(new UnixSocketAddress(natexd.socket().toString()));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void write(UnixSocketChannel channel, ByteBuffer octets) {
        try {
            channel.write(octets);
        } catch (IOException e) {
            // natexd has disconnected, as it should.
        }
    }

    private static void close(UnixSocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private int highestDescriptor() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/" + natexd.pid() + "/fd"))) {
            return open.mapToInt(file -> Integer.parseInt(file.getFileName().toString()))
                    .max()
                    .orElseThrow();
        }
    }

    /** As natexd's own user, which needs no capability for this; the hard limit stays. */
    private void limitDescriptors(int limit) {
        List<String> command = new ArrayList<>(Lab.UNPRIVILEGED);
        command.addAll(List.of("prlimit", "--pid=" + natexd.pid(), "--nofile=" + limit + ":"));
        Lab.Result result = lab.exec(Node.HOST, command);
        assertEquals(0, result.exitCode(), result::output);
    }

    /** A thread that is, to the kernel, a user in natexd's group; it repeats its work until it is closed. */
    private static final class Members implements AutoCloseable {
        private static final int USER = 12_345;
        private static final int NOGROUP = 65_534;
        private static final boolean IS_AMD64 = System.getProperty("os.arch").equals("amd64");

        private final Thread thread;
        private volatile int rounds;
        private volatile boolean stopped;

        Members(Runnable round) {
            thread = new Thread(
                    () -> {
                        become();
                        while (!stopped) {
                            round.run();
                            rounds++;
                        }
                    },
                    "members");
            thread.setDaemon(true);
            thread.start();
        }

        /** The system calls themselves change this thread alone; the C library's functions would change them all. */
        private static void become() {
            call("setgroups", IS_AMD64 ? 116 : 159, 0, 0, 0);
            call("setresgid", IS_AMD64 ? 119 : 149, NOGROUP, NOGROUP, NOGROUP);
            call("setresuid", IS_AMD64 ? 117 : 147, USER, USER, USER);
        }

        private static void call(String name, int number, int first, int second, int third) {
            OsException.check((int) Libc.INSTANCE.syscall(number, first, second, third), name);
        }

        void awaitRounds(int wanted) throws InterruptedException {
            while (rounds < wanted) {
                assertTrue(thread.isAlive(), "the members ended");
                TimeUnit.MILLISECONDS.sleep(10);
            }
        }

        @Override
        public void close() throws InterruptedException {
            assertTrue(thread.isAlive() && rounds > 0, "the members were there all the time");
            stopped = true;
            thread.join();
        }
    }
}
