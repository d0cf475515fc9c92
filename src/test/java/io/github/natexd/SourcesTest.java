package io.github.natexd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The form of the sources: no file is too long, and nothing is written twice. */
class SourcesTest {
    private static final int FILE_LIMIT = 400;
    /** An identical run of this length is to be one piece of code. */
    private static final int RUN = 10;

    @ParameterizedTest
    @ValueSource(strings = {"src/main/java", "src/test/java"})
    void noFileIsTooLong(String folder) {
        SortedMap<String, String> sources = sources(folder);

        assertTrue(sources.size() > 100, "the sources were found");
        assertEquals(List.of(), longerThan(FILE_LIMIT, sources));
    }

    @Test
    void noRunOfLinesStandsTwice() {
        List<RepeatedRun> runs = RepeatedRun.find(sources("src/main/java"), RUN);

        assertEquals(
                "", runs.stream().map(RepeatedRun::toString).collect(Collectors.joining("\n")), "make each run one");
    }

    @Test
    void aLongFileIsFound() {
        SortedMap<String, String> sources = new TreeMap<>();
        sources.put("Short.java", "line\n".repeat(3));
        sources.put("Long.java", "line\n".repeat(4));

        assertEquals(List.of("Long.java: 4 lines"), longerThan(3, sources));
    }

    @Test
    void aRunThatStandsTwiceIsFoundInWhole() {
        SortedMap<String, String> sources = new TreeMap<>();
        sources.put("A.java", "package a;\n\nimport b;\n" + numbered(1, 12));
        sources.put("B.java", "other\n" + numbered(2, 6).indent(4) + "\nimport c;\n\n" + numbered(7, 12) + "another\n");

        List<RepeatedRun> found = RepeatedRun.find(sources, RUN);

        List<String> run = numbered(2, 12).lines().toList();
        assertEquals(List.of(new RepeatedRun("A.java:5", "B.java:2", run)), found);
        assertTrue(found.get(0).toString().startsWith("A.java:5 and B.java:2 share 11 lines:\n    line 2\n"));
    }

    @Test
    void aRunThatStandsTwiceInOneFileIsFound() {
        SortedMap<String, String> sources = new TreeMap<>();
        sources.put("A.java", numbered(1, 10) + numbered(1, 10));

        assertEquals(
                List.of(new RepeatedRun(
                        "A.java:1", "A.java:11", numbered(1, 10).lines().toList())),
                RepeatedRun.find(sources, RUN));
    }

    @Test
    void aShortRunAndALongBlockOfEqualLinesAreNone() {
        SortedMap<String, String> sources = new TreeMap<>();
        sources.put("A.java", numbered(1, 9) + "}\n\n@Override\n" + "one\n" + "equal\n".repeat(19));
        sources.put("B.java", numbered(1, 9) + "}\n\n@Override\n" + "two\n");

        assertEquals(List.of(), RepeatedRun.find(sources, RUN));
    }

    private static String numbered(int first, int last) {
        return IntStream.rangeClosed(first, last)
                .mapToObj(i -> "line " + i + "\n")
                .collect(Collectors.joining());
    }

    private static List<String> longerThan(int limit, SortedMap<String, String> sources) {
        return sources.entrySet().stream()
                .filter(source -> source.getValue().lines().count() > limit)
                .map(source ->
                        source.getKey() + ": " + source.getValue().lines().count() + " lines")
                .toList();
    }

    private static SortedMap<String, String> sources(String folder) {
        SortedMap<String, String> sources = new TreeMap<>();
        try (Stream<Path> files = Files.walk(Path.of(folder))) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                sources.put(file.toString(), Files.readString(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return sources;
    }
}
