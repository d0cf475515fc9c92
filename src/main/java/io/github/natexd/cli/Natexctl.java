package io.github.natexd.cli;

import io.github.natexd.cli.capture.CaptureCommand;
import io.github.natexd.cli.doctor.BugreportCommand;
import io.github.natexd.cli.doctor.DoctorCommand;
import io.github.natexd.cli.form.ExitCodes;
import io.github.natexd.cli.form.Version;
import io.github.natexd.cli.lab.LabCommand;
import io.github.natexd.cli.paths.GuestsCommand;
import io.github.natexd.cli.paths.PathsCommand;
import io.github.natexd.cli.profile.NatProfileCommand;
import io.github.natexd.cli.replay.ReplayCommand;
import io.github.natexd.cli.running.LogLevelCommand;
import io.github.natexd.cli.running.MappingsCommand;
import io.github.natexd.cli.running.MetricsCommand;
import io.github.natexd.cli.running.ReloadCommand;
import io.github.natexd.cli.running.ShowConfigCommand;
import io.github.natexd.cli.running.StatusCommand;
import io.github.natexd.cli.running.WaitCommand;
import io.github.natexd.cli.running.WatchCommand;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code natexctl}: everything that a user does with natexd, except starting it. */
@Command(
        name = "natexctl",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Queries, checks and tests natexd, which makes traceroute work in VMware NAT guests.",
        synopsisSubcommandLabel = "COMMAND")
public final class Natexctl implements Runnable {
    /** The commands by name, in the order of the help. */
    private static final Map<String, Supplier<Object>> COMMANDS = new LinkedHashMap<>();

    static {
        COMMANDS.put("status", StatusCommand::new);
        COMMANDS.put("paths", PathsCommand::new);
        COMMANDS.put("guests", GuestsCommand::new);
        COMMANDS.put("watch", WatchCommand::new);
        COMMANDS.put("mappings", MappingsCommand::new);
        COMMANDS.put("wait", WaitCommand::new);
        COMMANDS.put("reload", ReloadCommand::new);
        COMMANDS.put("log-level", LogLevelCommand::new);
        COMMANDS.put("metrics", MetricsCommand::new);
        COMMANDS.put("doctor", DoctorCommand::new);
        COMMANDS.put("show-config", ShowConfigCommand::new);
        COMMANDS.put("check-config", CheckConfigCommand::new);
        COMMANDS.put("capture", CaptureCommand::new);
        COMMANDS.put("replay", ReplayCommand::new);
        COMMANDS.put("nat-profile", NatProfileCommand::new);
        COMMANDS.put("bugreport", BugreportCommand::new);
        COMMANDS.put("lab", LabCommand::new);
        COMMANDS.put("completion", CompletionCommand::new);
    }

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    public static void main(String[] arguments) {
        System.exit(commandLine(arguments).execute(arguments));
    }

    /** The whole command tree. */
    public static CommandLine commandLine() {
        return commandLine(COMMANDS.keySet());
    }

    /** Only the command that the arguments name: building the others takes half of the startup time. */
    private static CommandLine commandLine(String[] arguments) {
        return arguments.length > 0 && COMMANDS.containsKey(arguments[0]) && !arguments[0].equals("completion")
                ? commandLine(List.of(arguments[0]))
                : commandLine();
    }

    private static CommandLine commandLine(Collection<String> names) {
        CommandLine line = new CommandLine(new Natexctl());
        for (Map.Entry<String, Supplier<Object>> command : COMMANDS.entrySet()) {
            if (names.contains(command.getKey())) {
                line.addSubcommand(command.getValue().get());
            }
        }
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setExecutionExceptionHandler((exception, failed, parsed) -> {
            failed.getErr().println("natexctl: " + message(exception));
            return ExitCodes.FAILED;
        });
        return line;
    }

    private static String message(Exception exception) {
        String message = exception.getMessage();
        return message != null ? message : exception.toString();
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
