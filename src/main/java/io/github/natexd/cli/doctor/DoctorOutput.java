package io.github.natexd.cli.doctor;

import io.github.natexd.control.JsonWriter;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.List;
import picocli.CommandLine.Help.Ansi;

/** Findings for people, for scripts and as JSON; src/site/markdown/doctor.md describes the fields. */
final class DoctorOutput {
    static final int VERSION = 1;

    private static final String INDENT = "    ";

    private DoctorOutput() {}

    /** Wrong if any check is; else unknown if any is; else a warning if there is any. */
    static State worst(List<DoctorFinding> findings) {
        if (count(findings, State.WRONG) > 0) {
            return State.WRONG;
        }
        if (count(findings, State.UNKNOWN) > 0) {
            return State.UNKNOWN;
        }
        return count(findings, State.WARNING) > 0 ? State.WARNING : State.OK;
    }

    static void text(PrintWriter out, List<DoctorFinding> findings, Ansi ansi) {
        boolean signs = terminalCharset().newEncoder().canEncode('✔');
        for (DoctorFinding finding : findings) {
            out.println(paint(ansi, finding.state(), signs ? sign(finding.state()) : word(finding.state())) + " "
                    + finding.title() + ": " + finding.why());
            if (!finding.fix().isEmpty()) {
                out.println(INDENT + "fix: " + finding.fix());
            }
        }
        out.println();
        out.println(Checkup.TCP);
        out.println();
        out.println(summary(findings));
    }

    private static String summary(List<DoctorFinding> findings) {
        long wrong = count(findings, State.WRONG);
        long unknown = count(findings, State.UNKNOWN);
        String notMade = unknown + " of " + findings.size() + " could not be made";
        return switch (worst(findings)) {
            case OK -> "All is well.";
            case WARNING ->
                "Nothing is wrong now; " + count(findings, State.WARNING) + " of " + findings.size()
                        + " checks gave a warning.";
            case WRONG ->
                wrong + " of " + findings.size() + " checks found something wrong"
                        + (unknown == 0 ? "." : ", " + notMade + ".");
            case UNKNOWN -> "No check found anything wrong; " + notMade + ".";
        };
    }

    /** In a locale that lacks the signs, each would be printed as a question mark. */
    private static Charset terminalCharset() {
        try {
            return Charset.forName(System.getProperty("native.encoding", "US-ASCII"));
        } catch (IllegalArgumentException e) {
            return Charset.forName("US-ASCII");
        }
    }

    private static String sign(State state) {
        return switch (state) {
            case OK -> "✔";
            case WARNING -> "!";
            case WRONG -> "✘";
            case UNKNOWN -> "?";
        };
    }

    private static String word(State state) {
        return switch (state) {
            case OK -> "[ok]   ";
            case WARNING -> "[warn] ";
            case WRONG -> "[WRONG]";
            case UNKNOWN -> "[?]    ";
        };
    }

    private static String paint(Ansi ansi, State state, String sign) {
        String colour =
                switch (state) {
                    case OK -> "green";
                    case WRONG -> "bold,red";
                    case WARNING, UNKNOWN -> "yellow";
                };
        return ansi.enabled() ? ansi.string("@|" + colour + " " + sign + "|@") : sign;
    }

    /** One row for each check: name, state, what was found, what to do. */
    static void plain(PrintWriter out, List<DoctorFinding> findings) {
        for (DoctorFinding finding : findings) {
            out.println(String.join(
                    "\t", finding.check(), finding.state().word(), cell(finding.why()), cell(finding.fix())));
        }
    }

    private static String cell(String text) {
        return text.replaceAll("[\\t\\r\\n]+", " ");
    }

    static void json(PrintWriter out, List<DoctorFinding> findings) {
        JsonWriter json = JsonWriter.indented(out);
        json.beginObject();
        json.name("version").value(VERSION);
        json.name("state").value(worst(findings).word());
        json.name("ok").value(count(findings, State.OK));
        json.name("warning").value(count(findings, State.WARNING));
        json.name("wrong").value(count(findings, State.WRONG));
        json.name("unknown").value(count(findings, State.UNKNOWN));
        json.name("findings").beginArray();
        for (DoctorFinding finding : findings) {
            json.beginObject();
            json.name("check").value(finding.check());
            json.name("title").value(finding.title());
            json.name("state").value(finding.state().word());
            json.name("why").value(finding.why());
            json.name("fix").value(finding.fix().isEmpty() ? null : finding.fix());
            json.endObject();
        }
        json.endArray();
        json.name("notes").beginArray().value(Checkup.TCP).endArray();
        json.endObject();
    }

    private static long count(List<DoctorFinding> findings, State state) {
        return findings.stream().filter(finding -> finding.state() == state).count();
    }
}
