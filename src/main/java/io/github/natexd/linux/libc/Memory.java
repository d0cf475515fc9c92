package io.github.natexd.linux.libc;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Gives memory that only the start needed back to the system. */
public final class Memory {
    private static final Path MAPS = Path.of("/proc/self/maps");
    private static final String ARCHIVE = ".jsa";
    private static final String JVM = "/libjvm.so";
    private static final String READ_ONLY = " r--p ";
    private static final String BEGINNING = "00000000 ";
    private static final String EXECUTABLE = " r-xp ";
    private static final int MADV_DONTNEED = 4;

    private Memory() {}

    /**
     * Collects garbage, returns the C library's free memory, and unmaps the pages of the class archive and of the JVM's
     * code, most of which only the start needed. If they are needed again, they come from the page cache or, if they have
     * left it, from the disk. The garbage collection stops all threads for some milliseconds.
     */
    public static void giveBack() {
        System.gc();
        Libc.INSTANCE.malloc_trim(0);
        long[] ranges;
        try {
            ranges = onlyRead(Files.readAllLines(MAPS, StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            return; // Without /proc the pages stay: nothing depends on it.
        }
        // Nothing else from here on: all code that runs needs some of these pages again.
        for (int i = 0; i < ranges.length; i += 2) {
            Libc.INSTANCE.madvise(ranges[i], ranges[i + 1], MADV_DONTNEED);
        }
    }

    /** Address and length of each mapping to unmap. A line begins with both ends: {@code 800700000-801100000 r--p …}. */
    static long[] onlyRead(List<String> maps) {
        long[] ranges = new long[2 * maps.size()];
        int count = 0;
        for (String mapping : maps) {
            if (isOnlyRead(mapping)) {
                int dash = mapping.indexOf('-');
                long begin = Long.parseUnsignedLong(mapping.substring(0, dash), 16);
                ranges[count++] = begin;
                ranges[count++] = Long.parseUnsignedLong(mapping.substring(dash + 1, mapping.indexOf(' ')), 16) - begin;
            }
        }
        return Arrays.copyOf(ranges, count);
    }

    /**
     * Whether this line of proc(5)'s maps is a mapping whose pages equal the file's. The dynamic linker writes some pages
     * of a library before it makes them read-only, but neither the code nor the tables at the beginning of the file.
     */
    private static boolean isOnlyRead(String mapping) {
        return mapping.endsWith(ARCHIVE) && mapping.contains(READ_ONLY)
                || mapping.endsWith(JVM) && (mapping.contains(EXECUTABLE) || mapping.contains(READ_ONLY + BEGINNING));
    }
}
