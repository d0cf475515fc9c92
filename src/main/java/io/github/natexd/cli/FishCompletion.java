package io.github.natexd.cli;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Writes a completion script for fish from the command tree; picocli has none for fish. */
final class FishCompletion {
    private final CommandLine root;
    private final StringBuilder script = new StringBuilder();

    FishCompletion(CommandLine root) {
        this.root = root;
    }

    String script() {
        script.setLength(0);
        script.append("# Completion for fish: the words after ")
                .append(root.getCommandName())
                .append(".\n");
        line("", "-f", "");
        command(root, List.of());
        return script.toString();
    }

    /** @param path the words between natexctl and this command's own words */
    private void command(CommandLine command, List<String> path) {
        List<Map.Entry<String, CommandLine>> verbs = command.getSubcommands().entrySet().stream()
                .filter(verb -> !verb.getValue().getCommandSpec().usageMessage().hidden())
                .toList();
        String here = condition(path, verbs.stream().map(Map.Entry::getKey).toList());
        for (Map.Entry<String, CommandLine> verb : verbs) {
            line(here, "-a " + verb.getKey(), summary(verb.getValue()));
        }
        for (OptionSpec option : command.getCommandSpec().options()) {
            if (!option.hidden()) {
                line(here, names(option) + values(option), firstSentence(option.description()));
            }
        }
        for (ArgSpec parameter : command.getCommandSpec().positionalParameters()) {
            String values = values(parameter);
            if (!values.equals(" -x")) {
                line(here, values.replace(" -r", "").strip(), firstSentence(parameter.description()));
            }
        }
        for (Map.Entry<String, CommandLine> verb : verbs) {
            List<String> longer = new ArrayList<>(path);
            longer.add(verb.getKey());
            command(verb.getValue(), longer);
        }
    }

    /** A fish condition: true if the words of {@code path} have been typed, and none of the verbs that can follow. */
    private static String condition(List<String> path, List<String> verbs) {
        List<String> parts = new ArrayList<>(
                path.stream().map(word -> "__fish_seen_subcommand_from " + word).toList());
        if (!verbs.isEmpty()) {
            parts.add("not __fish_seen_subcommand_from " + String.join(" ", verbs));
        }
        return String.join("; and ", parts);
    }

    private void line(String condition, String what, String description) {
        script.append("complete -c ").append(root.getCommandName());
        if (!condition.isEmpty()) {
            script.append(" -n ").append(quoted(condition));
        }
        script.append(' ').append(what);
        if (!description.isEmpty()) {
            script.append(" -d ").append(quoted(description));
        }
        script.append('\n');
    }

    private static String names(OptionSpec option) {
        return Arrays.stream(option.names())
                .map(name -> name.startsWith("--") ? "-l " + name.substring(2) : "-s " + name.substring(1))
                .collect(Collectors.joining(" "));
    }

    /** The value of an option: none, one of a list, a file, or anything. */
    private static String values(ArgSpec argument) {
        if (argument.arity().max() == 0) {
            return "";
        }
        if (argument.completionCandidates() != null) {
            return " -x -a "
                    + quoted(
                            StreamSupport.stream(argument.completionCandidates().spliterator(), false)
                                    .map(word -> word.toLowerCase(Locale.ROOT))
                                    .collect(Collectors.joining(" ")));
        }
        boolean file = argument.type() == Path.class || argument.type() == File.class;
        return file ? " -r -F" : " -x";
    }

    private static String summary(CommandLine command) {
        return firstSentence(command.getCommandSpec().usageMessage().description());
    }

    private static String firstSentence(String[] text) {
        String all = String.join(" ", text).replaceAll("%n|\\$\\{[^}]*}", "").strip();
        int end = all.indexOf(". ");
        return end < 0 ? all : all.substring(0, end + 1);
    }

    private static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
