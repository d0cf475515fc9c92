package io.github.natexd.linux.libc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryTest {
    private static final String JVM = " fe:00 11 /usr/lib/jvm/java-17/lib/server/libjvm.so";
    private static final String ARCHIVE = " fe:00 12 /usr/lib/natexd/lib/natexd.jsa";

    @Test
    void choosesTheArchiveAndTheJvmsCode() {
        assertArrayEquals(
                new long[] {0x800912000L, 0x2000, 0x7f0000000000L, 0x1000, 0x7f0000001000L, 0x3000},
                Memory.onlyRead(List.of(
                        "800912000-800914000 r--p 00913000" + ARCHIVE,
                        "7f0000000000-7f0000001000 r--p 00000000" + JVM,
                        "7f0000001000-7f0000004000 r-xp 00001000" + JVM)));
    }

    /** Their pages differ from the file's, so they would be lost. */
    @Test
    void sparesWhatSomebodyHasWritten() {
        assertArrayEquals(
                new long[0],
                Memory.onlyRead(List.of(
                        "800000000-800912000 rw-p 00001000" + ARCHIVE,
                        "7f0000005000-7f0000006000 r--p 01224000" + JVM,
                        "7f0000006000-7f0000007000 rw-p 012dc000" + JVM,
                        "7f0e58200000-7f0e58470000 rwxp 00000000 00:00 0 ")));
    }

    /** The JVM's other threads fetch some pages again before the second count: how many, depends on the machine. */
    @Test
    void unmapsTheJvmsCode() throws IOException {
        Path smaps = Path.of("/proc/self/smaps");
        codeKibibytes(Files.readAllLines(smaps)); // loads what the second count needs
        long before = codeKibibytes(Files.readAllLines(smaps));

        Memory.giveBack();

        long after = codeKibibytes(Files.readAllLines(smaps));
        assertTrue(after < before, () -> "KiB of the JVM's code before and after: " + before + ", " + after);
    }

    private static long codeKibibytes(List<String> smaps) {
        long sum = 0;
        boolean isCode = false;
        for (String line : smaps) {
            if (line.endsWith("/libjvm.so")) {
                isCode = line.contains(" r-xp ");
            } else if (isCode && line.startsWith("Rss:")) {
                sum += Long.parseLong(line.replaceAll("\\D", ""));
                isCode = false;
            }
        }
        return sum;
    }
}
