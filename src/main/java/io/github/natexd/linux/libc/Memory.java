package io.github.natexd.linux.libc;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Gives memory that only the start needed back to the system. */
public final class Memory {
    private static final Path SMAPS = Path.of("/proc/self/smaps");
    private static final int MADV_DONTNEED = 4;

    private Memory() {}

    /**
     * Collects garbage, returns the C library's free memory, and unmaps the pages of files, most of which only the start
     * needed: the class archive, the JVM's and the libraries' code, the JVM's modules. If they are needed again, they
     * come from the page cache or, if they have left it, from the disk. The garbage collection stops all threads for
     * some milliseconds.
     *
     * @param files what {@link #unwrittenFiles} has returned; reading it makes the JVM compile code, so the caller
     *     waits a moment in between
     */
    public static void giveBack(long[] files) {
        System.gc();
        Libc.INSTANCE.malloc_trim(0);
        // Nothing else from here on: all code that runs needs some of these pages again.
        for (int i = 0; i < files.length; i += 2) {
            Libc.INSTANCE.madvise(files[i], files[i + 1], MADV_DONTNEED);
        }
    }

    /** The mappings of files that {@link #giveBack} may unmap. They are of the JVM and its libraries: they stay. */
    public static long[] unwrittenFiles() {
        try (BufferedReader smaps = Files.newBufferedReader(SMAPS, StandardCharsets.ISO_8859_1)) {
            return unwritten(smaps);
        } catch (IOException e) {
            return new long[0]; // Without /proc these pages stay: nothing depends on it.
        }
    }

    /**
     * Address and length of each mapping whose pages equal the file's: nothing can write to it, and nothing has written
     * to it before, as the dynamic linker does to some pages of a library.
     *
     * @param smaps as proc_pid_smaps(5) describes it: a line about each mapping ({@code 800700000-801100000 r--p … /file}),
     *     then its counters
     */
    static long[] unwritten(BufferedReader smaps) throws IOException {
        long[] ranges = new long[64];
        int count = 0;
        String mapping = "";
        for (String line = smaps.readLine(); line != null; line = smaps.readLine()) {
            int dash = line.indexOf('-');
            if (dash > 0 && dash < line.indexOf(' ')) {
                mapping = line;
            } else if (line.startsWith("Anonymous:") && line.endsWith(" 0 kB") && isReadOnlyFile(mapping)) {
                int split = mapping.indexOf('-');
                long begin = Long.parseUnsignedLong(mapping.substring(0, split), 16);
                long end = Long.parseUnsignedLong(mapping.substring(split + 1, mapping.indexOf(' ')), 16);
                ranges = count < ranges.length ? ranges : Arrays.copyOf(ranges, 2 * count);
                ranges[count++] = begin;
                ranges[count++] = end - begin;
            }
        }
        return Arrays.copyOf(ranges, count);
    }

    private static boolean isReadOnlyFile(String mapping) {
        int permissions = mapping.indexOf(' ') + 1;
        return mapping.startsWith("r-", permissions) && mapping.indexOf('/') > permissions;
    }
}
