package io.github.natexd.mutation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code ./dev mutate} says what is left to explain, and the page explains only what is in the code. */
class SurvivorsTest {
    private static final Survivor ONE = new Survivor("One.a", "return a | b;", "replaced int return with 0");
    private static final Survivor TWO = new Survivor("Two.b", "if (c) {", "negated conditional");

    private final ByteArrayOutputStream octets = new ByteArrayOutputStream();
    private final Survivors survivors = new Survivors(new PrintStream(octets, true, StandardCharsets.UTF_8));

    @TempDir
    private Path directory;

    @Test
    void whatThePageExplainsIsNoFinding() {
        survivors.compare("room", new MutationReport(20, List.of(ONE, TWO)), List.of(TWO, ONE));

        assertEquals(List.of(), survivors.findings());
        assertTrue(printed().contains("room: the tests find 18 of 20 faults, 90 %"), this::printed);
        assertTrue(printed().contains("| `One.a` | `return a \\| b;` | replaced int return with 0 |"), this::printed);
    }

    @Test
    void everySurvivorNeedsARowOfItsOwn() {
        survivors.compare("room", new MutationReport(100, List.of(ONE, ONE, TWO)), List.of(ONE));

        assertEquals(
                List.of(
                        "room: mutants.md does not explain " + ONE.row(),
                        "room: mutants.md does not explain " + TWO.row()),
                survivors.findings());
    }

    @Test
    void tooFewFoundAreAFinding() {
        survivors.compare("room", new MutationReport(99, Collections.nCopies(10, ONE)), Collections.nCopies(10, ONE));

        assertEquals(List.of("room: the tests find fewer than 90 % of the faults"), survivors.findings());
    }

    @Test
    void aRowOfWhatTestsFindIsNamedAndNoFinding() {
        survivors.compare("room", new MutationReport(100, List.of()), List.of(ONE));

        assertEquals(List.of(), survivors.findings());
        assertTrue(printed().contains("room: a test finds this one of mutants.md: " + ONE.row()), this::printed);
    }

    @Test
    void aReportIsReadWithTheLinesOfTheSource() throws IOException {
        Path source = directory.resolve("io/github/natexd/room/Some.java");
        Files.createDirectories(source.getParent());
        Files.writeString(source, "class Some {\n    int size() { return all.size(); }\n}\n");
        Path report = Files.writeString(directory.resolve("mutations.xml"), """
                <?xml version="1.0" encoding="UTF-8"?>
                <mutations partial="true">
                <mutation detected='true' status='KILLED'><description>negated conditional</description></mutation>
                <mutation detected='false' status='SURVIVED' numberOfTestsRun='3'><sourceFile>Some.java</sourceFile>\
                <mutatedClass>io.github.natexd.room.Some$Inner</mutatedClass>\
                <mutatedMethod>lambda$size$0</mutatedMethod><lineNumber>2</lineNumber>\
                <description>replaced int return with 0 for io/github/natexd/room/Some$Inner::lambda$size$0</description>\
                </mutation>
                </mutations>
                """);

        MutationReport read = MutationReport.read(report, directory);

        assertEquals(2, read.faults());
        assertEquals(
                List.of(new Survivor(
                        "Some.Inner.size", "int size() { return all.size(); }", "replaced int return with 0")),
                read.survivors());
    }

    @ParameterizedTest
    @ValueSource(strings = {"wire", "mapping", "translate"})
    void everyRowOfThePageIsALineOfItsClass(String room) throws IOException {
        List<Survivor> explained = Survivor.explained(Survivors.PAGE, room);

        assertTrue(!explained.isEmpty(), room);
        for (Survivor survivor : explained) {
            String type = survivor.place().replaceFirst("\\..*", "");
            Path source = Survivors.SOURCES.resolve("io/github/natexd/" + room + "/" + type + ".java");
            try (Stream<String> lines = Files.lines(source)) {
                assertTrue(lines.map(String::strip).anyMatch(survivor.code()::equals), survivor::row);
            }
        }
    }

    private String printed() {
        return octets.toString(StandardCharsets.UTF_8);
    }
}
