package io.github.natexd.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class FishCompletionTest {
    private final String script = new FishCompletion(Natexctl.commandLine()).script();

    @Test
    void namesEveryCommandAndOptionThatTheHelpNames() {
        check(Natexctl.commandLine());
    }

    private void check(CommandLine command) {
        for (var option : command.getCommandSpec().options()) {
            String name = option.longestName();
            assertTrue(option.hidden() || script.contains(" -l " + name.substring(2)), name);
        }
        command.getSubcommands().forEach((name, verb) -> {
            if (!verb.getCommandSpec().usageMessage().hidden()) {
                assertTrue(script.contains(" -a " + name), name);
                check(verb);
            }
        });
    }
}
