package io.github.natexd.linux.libc;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Gives memory that only the start needed back to the system. */
public final class Memory {
    private static final Path MAPS = Path.of("/proc/self/maps");
    private static final String ARCHIVE_SUFFIX = ".jsa";
    private static final String READ_ONLY = " r--p ";
    private static final int MADV_DONTNEED = 4;

    private Memory() {}

    /**
     * Collects garbage, returns the C library's free memory, and unmaps the pages of the class archive, most of which are
     * never read again. If they are, they come from the page cache, not from a disk. The garbage collection stops all
     * threads for some milliseconds.
     */
    public static void giveBack() {
        System.gc();
        Libc.INSTANCE.malloc_trim(0);
        try {
            for (String mapping : Files.readAllLines(MAPS, StandardCharsets.ISO_8859_1)) {
                if (mapping.endsWith(ARCHIVE_SUFFIX) && mapping.contains(READ_ONLY)) {
                    unmapPages(mapping);
                }
            }
        } catch (IOException e) {
            // Without /proc the archive's pages stay: nothing depends on it.
        }
    }

    /** A line of proc(5)'s maps: {@code 800700000-801100000 r--p …}. The pages of a private file mapping are clean. */
    private static void unmapPages(String mapping) {
        int dash = mapping.indexOf('-');
        long begin = Long.parseUnsignedLong(mapping.substring(0, dash), 16);
        long end = Long.parseUnsignedLong(mapping.substring(dash + 1, mapping.indexOf(' ')), 16);
        Libc.INSTANCE.madvise(begin, end - begin, MADV_DONTNEED);
    }
}
