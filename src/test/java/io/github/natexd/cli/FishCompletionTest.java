package io.github.natexd.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class FishCompletionTest {
    @Test
    void namesEveryCommandAndOptionThatTheHelpNames() {
        String script = new FishCompletion(Natexctl.commandLine()).script();
        CommandTree.optionsOfCommands().forEach((command, options) -> {
            String verb = command.substring(command.lastIndexOf(' ') + 1);
            assertTrue(script.contains(" -a " + verb), command);
            options.forEach(option -> assertTrue(script.contains(" -l " + option), option));
        });
    }
}
