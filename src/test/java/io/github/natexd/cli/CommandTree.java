package io.github.natexd.cli;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine;

/** The commands and options that the help shows, for tests of the documentation. */
public final class CommandTree {
    private CommandTree() {}

    /** The long options, without dashes, of each command: {@code lab up} → name, send, … */
    public static Map<String, Set<String>> optionsOfCommands() {
        Map<String, Set<String>> commands = new LinkedHashMap<>();
        collect("", Natexctl.commandLine(), commands);
        return commands;
    }

    private static void collect(String prefix, CommandLine line, Map<String, Set<String>> commands) {
        line.getSubcommands().forEach((name, command) -> {
            if (command.getCommandSpec().usageMessage().hidden()) {
                return;
            }
            Set<String> options = new TreeSet<>();
            command.getCommandSpec().options().stream()
                    .filter(option -> !option.hidden())
                    .flatMap(option -> Arrays.stream(option.names()))
                    .filter(option -> option.startsWith("--"))
                    .forEach(option -> options.add(option.substring(2)));
            commands.put(prefix + name, options);
            collect(prefix + name + " ", command, commands);
        });
    }
}
