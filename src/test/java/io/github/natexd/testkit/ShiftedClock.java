package io.github.natexd.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.natexd.lab.Lab;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Map;

/**
 * A wall clock that only processes with {@link #environment} read, and that a test sets while they run. The clock of the
 * machine stays as it is, and so do the times that the kernel gives packets.
 */
public final class ShiftedClock {
    private static final Path SOURCE = Path.of("src/test/clock/shifted.c");

    private final Path library;
    private final Path shift;
    private long ahead;

    /** Compiles its library. */
    public ShiftedClock(Lab lab) {
        library = lab.directory().resolve("shifted.so");
        shift = lab.directory().resolve("shift");
        set(0);
        try {
            Process compiler = new ProcessBuilder(
                            "cc", "-Wall", "-Werror", "-shared", "-fPIC", "-o", library.toString(), SOURCE.toString())
                    .redirectErrorStream(true)
                    .start();
            String output = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(0, compiler.waitFor(), output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** What other processes need in their environment to have the same clock. */
    public Map<String, String> environment() {
        return Map.of("LD_PRELOAD", library.toString(), "SHIFTED_CLOCK", shift.toString());
    }

    public Instant now() {
        return Instant.now().plusSeconds(ahead);
    }

    /** Sets it to so many seconds after the machine's clock. */
    public void set(long aheadSeconds) {
        ahead = aheadSeconds;
        ByteBuffer octets =
                ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder()).putLong(0, aheadSeconds);
        // In one piece and in place, because the processes have mapped the file.
        try (FileChannel file = FileChannel.open(shift, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            file.write(octets, 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
