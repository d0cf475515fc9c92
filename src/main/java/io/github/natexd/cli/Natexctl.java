package io.github.natexd.cli;

import io.github.natexd.cli.capture.CaptureCommand;
import io.github.natexd.cli.doctor.BugreportCommand;
import io.github.natexd.cli.doctor.DoctorCommand;
import io.github.natexd.cli.form.ExitCodes;
import io.github.natexd.cli.form.Version;
import io.github.natexd.cli.lab.LabCommand;
import io.github.natexd.cli.replay.ReplayCommand;
import io.github.natexd.cli.running.MappingsCommand;
import io.github.natexd.cli.running.MetricsCommand;
import io.github.natexd.cli.running.ReloadCommand;
import io.github.natexd.cli.running.ShowConfigCommand;
import io.github.natexd.cli.running.StatusCommand;
import io.github.natexd.cli.running.WaitCommand;
import io.github.natexd.cli.running.WatchCommand;
import java.util.List;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code natexctl}: everything that a user asks of natexd, beside starting it. */
@Command(
        name = "natexctl",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Controls natexd, which makes traceroute work in VMware NAT guests.",
        synopsisSubcommandLabel = "COMMAND")
public final class Natexctl implements Runnable {
    /** One line for each command; its place here is its place in the help. */
    private static final List<Supplier<Object>> COMMANDS = List.of(
            StatusCommand::new,
            WatchCommand::new,
            MappingsCommand::new,
            WaitCommand::new,
            ReloadCommand::new,
            MetricsCommand::new,
            DoctorCommand::new,
            ShowConfigCommand::new,
            CheckConfigCommand::new,
            CaptureCommand::new,
            ReplayCommand::new,
            BugreportCommand::new,
            LabCommand::new,
            CompletionCommand::new);

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    /** The whole command tree, as the launcher uses it. */
    public static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Natexctl());
        COMMANDS.forEach(command -> line.addSubcommand(command.get()));
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
