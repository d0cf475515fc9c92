package io.github.natexd.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.natexd.lab.Lab;
import io.github.natexd.lab.Node;
import java.util.ArrayList;
import java.util.List;

/** Scripts in a lab's machines. */
public final class LabShell {
    private LabShell() {}

    /** Runs a script, of which every command must succeed; returns its output. */
    public static String must(Lab lab, Node node, String script, String... arguments) {
        List<String> command = new ArrayList<>(List.of("sh", "-euc", script, "sh"));
        command.addAll(List.of(arguments));
        Lab.Result result = lab.exec(node, command);
        assertEquals(0, result.exitCode(), () -> script + ": " + result.output());
        return result.output();
    }
}
