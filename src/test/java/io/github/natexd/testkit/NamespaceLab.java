package io.github.natexd.testkit;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.linux.libc.Libc;
import io.github.natexd.linux.libc.MessageHeaders;
import io.github.natexd.linux.libc.Native;
import io.github.natexd.linux.libc.OsException;
import io.github.natexd.linux.libc.Poller;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A separate network namespace for a test. A thread enters it and never leaves: the thread ends with the test, and the
 * namespace with its last socket. Commands that the thread starts also run in the namespace.
 */
public final class NamespaceLab {
    private static final long TEST_TIMEOUT_MILLIS = 60_000;
    private static final int COMMAND_TIMEOUT_SECONDS = 20;

    private NamespaceLab() {}

    public interface Body {
        void run() throws Exception;
    }

    /** Runs {@code body} in a new namespace whose loopback is up; rethrows its exceptions. */
    public static void inNewNamespace(Body body) throws Exception {
        Throwable[] failure = new Throwable[1];
        Thread thread = new Thread(() -> failure[0] = runHere(body), "namespace");
        thread.setDaemon(true);
        thread.start();
        thread.join(TEST_TIMEOUT_MILLIS);
        assertTrue(!thread.isAlive(), "the test did not end");
        if (failure[0] instanceof Exception e) {
            throw e;
        } else if (failure[0] instanceof Error e) {
            throw e;
        }
    }

    private static @Nullable Throwable runHere(Body body) {
        try {
            OsException.check(Libc.INSTANCE.unshare(Libc.CLONE_NEWNET), "make a network namespace");
            run("ip link set lo up");
            body.run();
            return null;
        } catch (Throwable t) {
            return t;
        }
    }

    /** Runs a shell command line and returns its output; fails with the output if the command fails. */
    public static String run(String commandLine) {
        try {
            Process process = new ProcessBuilder("sh", "-c", commandLine)
                    .redirectErrorStream(true)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(process.waitFor(COMMAND_TIMEOUT_SECONDS, TimeUnit.SECONDS), commandLine);
            assertTrue(process.exitValue() == 0, commandLine + ": " + output);
            return output;
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(commandLine, e);
        }
    }

    /** Whether the descriptor becomes readable within this time. */
    public static boolean awaitInput(int descriptor, long millis) {
        Poller poller = new Poller(1);
        poller.register(descriptor);
        return poller.poll(millis) > 0;
    }

    /** A raw ICMP socket: sends errors to 127.0.0.1, and receives what the host's own sockets would receive. */
    public static final class IcmpSocket implements AutoCloseable {
        private static final int LOOPBACK = 0x7f000001;
        private static final int TIME_EXCEEDED = 11;
        private static final int HEADER_LENGTH = 8;
        private static final int SOCKADDR_LENGTH = 16;

        private final int descriptor;
        private final ByteBuffer name = Native.allocate(SOCKADDR_LENGTH);
        private final MessageHeaders headers = new MessageHeaders(1);
        private final ByteBuffer received = Native.allocate(65536);

        public IcmpSocket() {
            descriptor = OsException.check(Libc.INSTANCE.socket(Libc.AF_INET, Libc.SOCK_RAW, 1), "raw socket");
            Native.setReceiveBuffer(descriptor, 1 << 20);
            name.putShort(0, (short) Libc.AF_INET).putInt(4, Integer.reverseBytes(LOOPBACK));
            headers.name(0, Native.address(name), SOCKADDR_LENGTH);
        }

        /** Sends a Time Exceeded whose octets behind the ICMP header all have this value. */
        public void sendTimeExceeded(int fill, int quoteLength) {
            ByteBuffer packet = Native.allocate(HEADER_LENGTH + quoteLength).put(0, (byte) TIME_EXCEEDED);
            for (int i = 0; i < quoteLength; i++) {
                packet.put(HEADER_LENGTH + i, (byte) fill);
            }
            headers.octets(0, Native.address(packet), packet.capacity());
            int sent = headers.send(descriptor, 0, 1, 0);
            Reference.reachabilityFence(packet);
            OsException.check(sent, "send ICMP");
        }

        /** The next packet, from its IPv4 header on; empty if none arrives within this time. */
        public byte[] receive(long millis) {
            if (!awaitInput(descriptor, millis)) {
                return new byte[0];
            }
            long length = Libc.INSTANCE.recv(descriptor, Native.address(received), received.capacity(), 0);
            byte[] octets = new byte[(int) length];
            received.get(0, octets);
            return octets;
        }

        @Override
        public void close() {
            Libc.INSTANCE.close(descriptor);
        }
    }
}
