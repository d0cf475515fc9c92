package io.github.natexd.cli.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Help.Ansi;

/** What scripts rely on: doctor.md promises these fields, states and exit codes. */
class DoctorOutputTest {
    private static final DoctorFinding WELL = new DoctorFinding("java", "Java", State.OK, "Java 17", "");
    private static final DoctorFinding WRONG =
            new DoctorFinding("daemon", "it runs", State.WRONG, "it does\tnot", "start\nit");
    private static final DoctorFinding WARNING =
            new DoctorFinding("health", "no complaint", State.WARNING, "5 were lost", "raise it");
    private static final DoctorFinding UNKNOWN = new DoctorFinding("queue", "ours", State.UNKNOWN, "only root", "sudo");

    @Test
    void jsonHasTheDocumentedFields() throws Exception {
        JsonNode document =
                new ObjectMapper().readTree(text(out -> DoctorOutput.json(out, List.of(WELL, WRONG, UNKNOWN))));

        assertEquals(
                List.of("version", "state", "ok", "warning", "wrong", "unknown", "findings", "notes"), names(document));
        assertEquals(1, document.at("/version").asInt());
        assertEquals("wrong", document.at("/state").asText());
        for (String state : List.of("ok", "wrong", "unknown")) {
            assertEquals(1, document.at("/" + state).asInt(), state);
        }
        assertEquals(List.of("check", "title", "state", "why", "fix"), names(document.at("/findings/1")));
        assertTrue(document.at("/findings/0/fix").isNull());
        assertEquals("start\nit", document.at("/findings/1/fix").asText());
        assertTrue(document.at("/notes/0").asText().startsWith("TCP traceroute"));
    }

    @Test
    void rowsHaveFourCells() {
        assertEquals(
                "java\tok\tJava 17\t\ndaemon\twrong\tit does not\tstart it\nqueue\tunknown\tonly root\tsudo\n",
                text(out -> DoctorOutput.plain(out, List.of(WELL, WRONG, UNKNOWN))));
    }

    @Test
    void theWorstFindingDecides() {
        assertEquals(0, DoctorCommand.exitCode(List.of(WELL, WELL)));
        assertEquals(0, DoctorCommand.exitCode(List.of(WELL, WARNING)));
        assertEquals(3, DoctorCommand.exitCode(List.of(WELL, WARNING, UNKNOWN)));
        assertEquals(1, DoctorCommand.exitCode(List.of(UNKNOWN, WRONG, WELL)));
    }

    @Test
    void theLastLineSaysWhatItAllCameTo() {
        assertEquals("All is well.", lastLine(WELL));
        assertEquals("No check found anything wrong; 1 of 2 could not be made.", lastLine(WELL, UNKNOWN));
        assertEquals("1 of 2 checks found something wrong.", lastLine(WELL, WRONG));
        assertEquals("Nothing is wrong now; 1 of 2 checks gave a warning.", lastLine(WELL, WARNING));
        assertEquals("1 of 3 checks found something wrong, 1 of 3 could not be made.", lastLine(WELL, WRONG, UNKNOWN));
    }

    private static String lastLine(DoctorFinding... findings) {
        List<String> lines = text(out -> DoctorOutput.text(out, List.of(findings), Ansi.OFF))
                .lines()
                .toList();
        return lines.get(lines.size() - 1);
    }

    private static String text(Consumer<PrintWriter> printer) {
        StringWriter text = new StringWriter();
        PrintWriter out = new PrintWriter(text);
        printer.accept(out);
        out.flush();
        return text.toString();
    }

    private static List<String> names(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
