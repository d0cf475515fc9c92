package io.github.natexd.testkit;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import jnr.unixsocket.UnixDatagramChannel;
import jnr.unixsocket.UnixSocketAddress;

/** A fake of the service manager's end of sd_notify(3): collects datagrams in order of arrival. */
public final class NotifySocket implements AutoCloseable {
    private static final int DATAGRAM_OCTETS = 4096;
    private static final long STEP_MILLIS = 10;
    private static final int SETTLE_STEPS = 10;

    /** One datagram, and its arrival time. */
    public record Message(String text, long nanos) {
        /** The value of a line {@code name=value}, or empty. */
        public String value(String name) {
            return text.lines()
                    .filter(line -> line.startsWith(name + "="))
                    .map(line -> line.substring(name.length() + 1))
                    .findFirst()
                    .orElse("");
        }
    }

    private final Path path;
    private final UnixDatagramChannel channel;
    private final List<Message> messages = new CopyOnWriteArrayList<>();
    private final Thread reader = new Thread(this::read, "notify socket");
    private volatile boolean closed;

    private NotifySocket(Path path, UnixDatagramChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /** Creates a socket at a free path, open to every user. */
    public static NotifySocket at(Path path) {
        try {
            UnixDatagramChannel channel = UnixDatagramChannel.open();
            channel.bind(new UnixSocketAddress(path.toFile()));
            channel.configureBlocking(false);
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxrwxrwx"));
            NotifySocket socket = new NotifySocket(path, channel);
            socket.reader.setDaemon(true);
            socket.reader.start();
            return socket;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read() {
        ByteBuffer buffer = ByteBuffer.allocate(DATAGRAM_OCTETS);
        while (!closed) {
            buffer.clear();
            try {
                if (channel.receive(buffer) == null && buffer.position() == 0) {
                    sleep();
                    continue;
                }
            } catch (IOException e) {
                sleep(); // nothing there
                continue;
            }
            String text = new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8);
            messages.add(new Message(text, System.nanoTime()));
        }
    }

    private static void sleep() {
        try {
            TimeUnit.MILLISECONDS.sleep(STEP_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The value of NOTIFY_SOCKET. */
    public String name() {
        return path.toString();
    }

    public List<Message> messages() {
        return List.copyOf(messages);
    }

    /** The texts that match; waits a moment for those under way. */
    public List<String> texts(Predicate<String> wanted) {
        for (int i = 0; i < SETTLE_STEPS; i++) {
            sleep();
        }
        return messages.stream().map(Message::text).filter(wanted).toList();
    }

    /** Waits for a message that matches, up to a limit; returns the first one. */
    public Message await(long millis, Predicate<String> wanted) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (true) {
            for (Message message : messages) {
                if (wanted.test(message.text())) {
                    return message;
                }
            }
            assertTrue(System.nanoTime() < end, () -> "not told in time; told was " + messages);
            sleep();
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        channel.close();
        Files.deleteIfExists(path);
    }
}
