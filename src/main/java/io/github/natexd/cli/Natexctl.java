package io.github.natexd.cli;

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
        versionProvider = Natexctl.Version.class,
        description = "Controls natexd, which makes traceroute work in VMware NAT guests.",
        synopsisSubcommandLabel = "COMMAND")
public final class Natexctl implements Runnable {
    /** The exit codes that all commands share; a command may document more. */
    static final int FAILED = 1;

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
    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Natexctl());
        COMMANDS.forEach(command -> line.addSubcommand(command.get()));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setExecutionExceptionHandler((exception, failed, parsed) -> {
            failed.getErr().println("natexctl: " + message(exception));
            return FAILED;
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

    /** The version in the jar's manifest. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Natexctl.class.getPackage().getImplementationVersion();
            return new String[] {"natexctl " + (version != null ? version : "(not packaged)")};
        }
    }
}
