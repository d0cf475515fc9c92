package io.github.natexd.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.stream.StreamSupport;

/** The output of one {@code natexctl doctor --json}. */
public record DoctorReport(int exitCode, JsonNode document) {
    public static final int WELL = 0;
    public static final int WRONG = 1;
    public static final int UNKNOWN = 3;

    /** @param output doctor's output, which may have messages in front of the document */
    public static DoctorReport of(int exitCode, String output) {
        int begin = output.indexOf('{');
        assertTrue(begin >= 0, output);
        try {
            return new DoctorReport(exitCode, new ObjectMapper().readTree(output.substring(begin)));
        } catch (JsonProcessingException e) {
            throw new AssertionError(output, e);
        }
    }

    /** Asserts that a check has this state and reason and, unless all is well, has a fix. */
    public DoctorReport says(String check, String state, String why) {
        JsonNode finding = finding(check);
        assertEquals(state, finding.at("/state").asText(), document::toPrettyString);
        assertTrue(finding.at("/why").asText().contains(why), document::toPrettyString);
        assertEquals(state.equals("ok"), finding.at("/fix").isNull(), document::toPrettyString);
        return this;
    }

    /** Like {@link #says}, and asserts the fix, too. */
    public DoctorReport advises(String check, String state, String why, String fix) {
        says(check, state, why);
        assertTrue(fix(check).contains(fix), document::toPrettyString);
        return this;
    }

    public String fix(String check) {
        return finding(check).at("/fix").asText();
    }

    public DoctorReport endsWith(int code) {
        assertEquals(code, exitCode, document::toPrettyString);
        return this;
    }

    public List<String> checks(String state) {
        return StreamSupport.stream(document.at("/findings").spliterator(), false)
                .filter(each -> each.at("/state").asText().equals(state))
                .map(each -> each.at("/check").asText())
                .toList();
    }

    private JsonNode finding(String check) {
        return StreamSupport.stream(document.at("/findings").spliterator(), false)
                .filter(each -> each.at("/check").asText().equals(check))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no check " + check + ": " + document.toPrettyString()));
    }
}
