package io.github.natexd.mutation;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Compares the changes that no test has found with those that the page explains.
 *
 * <p>As a program: {@code Survivors REPORTS ROOM...}; it ends with 0 if the tests have found enough changes of each room
 * and the page explains the others, else with 1.
 */
final class Survivors {
    static final String PAGE = "mutants.md";
    static final Path SOURCES = Path.of("src/main/java");
    private static final int FOUND_PERCENT = 90;
    private static final int USAGE = 2;

    private final PrintStream out;
    private final List<String> findings = new ArrayList<>();

    Survivors(PrintStream out) {
        this.out = out;
    }

    public static void main(String[] arguments) {
        if (arguments.length < 2) {
            System.err.println("Usage: Survivors REPORTS ROOM...");
            System.exit(USAGE);
        }
        Survivors survivors = new Survivors(System.out);
        for (String room : Arrays.asList(arguments).subList(1, arguments.length)) {
            Path xml = Path.of(arguments[0], room, "mutations.xml");
            survivors.compare(room, MutationReport.read(xml, SOURCES), Survivor.explained(PAGE, room));
        }
        System.exit(survivors.findings().isEmpty() ? 0 : 1);
    }

    /** What must not be, in all rooms so far. */
    List<String> findings() {
        return findings;
    }

    void compare(String room, MutationReport report, List<Survivor> explained) {
        int found = report.faults() - report.survivors().size();
        int percent = report.faults() == 0 ? 0 : 100 * found / report.faults();
        out.printf("%s: the tests find %d of %d faults, %d %%%n", room, found, report.faults(), percent);
        report.survivors().forEach(survivor -> out.println(survivor.row()));
        if (percent < FOUND_PERCENT) {
            find(room + ": the tests find fewer than " + FOUND_PERCENT + " % of the faults");
        }
        without(report.survivors(), explained)
                .forEach(survivor -> find(room + ": " + PAGE + " does not explain " + survivor.row()));
        without(explained, report.survivors())
                .forEach(survivor -> out.println(room + ": a test finds this one of " + PAGE + ": " + survivor.row()));
    }

    private void find(String finding) {
        findings.add(finding);
        out.println(finding);
    }

    /** What is in the first list more often than in the second one. */
    private static List<Survivor> without(List<Survivor> some, List<Survivor> others) {
        List<Survivor> left = new ArrayList<>(some);
        others.forEach(left::remove);
        return left;
    }
}
