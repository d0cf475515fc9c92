package io.github.natexd.linux.libc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryTest {
    private static final String WRITTEN = "Rss: 4 kB\nAnonymous:             4 kB\n";
    private static final String UNWRITTEN = "Rss: 4 kB\nAnonymous:             0 kB\nVmFlags: rd mr mw me\n";

    @Test
    void choosesFilesThatAreOnlyRead() throws IOException {
        assertArrayEquals(
                new long[] {0x800912000L, 0x2000, 0x7f0000001000L, 0x3000, 0x7f0000008000L, 0x1000},
                unwritten("800912000-800914000 r--p 00913000 fe:00 12 /usr/lib/natexd/lib/natexd.jsa\n" + UNWRITTEN
                        + "7f0000001000-7f0000004000 r-xp 00001000 fe:00 11 /usr/lib/jvm/lib/server/libjvm.so\n"
                        + UNWRITTEN
                        + "7f0000008000-7f0000009000 r--s 00000000 fe:00 13 /usr/lib/jvm/lib/modules\n"
                        + UNWRITTEN));
    }

    /** Their pages differ from the file's or can soon differ, so they would be lost. */
    @Test
    void sparesWhatSomebodyHasWrittenOrCanWrite() throws IOException {
        assertArrayEquals(
                new long[0],
                unwritten("800000000-800912000 rw-p 00001000 fe:00 12 /usr/lib/natexd/lib/natexd.jsa\n" + UNWRITTEN
                        + "7f0000006000-7f0000007000 r--p 012dc000 fe:00 11 /usr/lib/jvm/lib/server/libjvm.so\n"
                        + WRITTEN
                        + "7f0e58200000-7f0e58470000 r-xp 00000000 00:00 0 \n" + UNWRITTEN
                        + "7ffc0e5f0000-7ffc0e5f2000 r-xp 00000000 00:00 0                          [vdso]\n"
                        + UNWRITTEN));
    }

    @Test
    void hasRoomForAnyNumberOfMappings() throws IOException {
        String mapping = "7f0000001000-7f0000004000 r-xp 00001000 fe:00 11 /usr/lib/libc.so.6\n" + UNWRITTEN;
        assertEquals(200, unwritten(mapping.repeat(100)).length);
    }

    private static long[] unwritten(String smaps) throws IOException {
        return Memory.unwritten(new BufferedReader(new StringReader(smaps)));
    }

    /** The JVM's other threads fetch some pages again before the second count: how many, depends on the machine. */
    @Test
    void unmapsTheJvmsCode() throws IOException {
        Path smaps = Path.of("/proc/self/smaps");
        codeKibibytes(Files.readAllLines(smaps)); // loads what the second count needs
        long before = codeKibibytes(Files.readAllLines(smaps));

        Memory.giveBack(Memory.unwrittenFiles());

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
