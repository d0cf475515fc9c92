package io.github.natexd.cli;

import io.github.natexd.cli.form.ExitCodes;
import io.github.natexd.config.Config;
import io.github.natexd.config.ConfigException;
import io.github.natexd.config.ConfigReader;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code natexctl check-config}: reports every mistake in a configuration file before a restart. */
@Command(
        name = "check-config",
        mixinStandardHelpOptions = true,
        description = "Reads a configuration file and reports every mistake in it. Changes nothing.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the file has no mistakes",
            "2:the command line is wrong",
            "78:the file is missing or has mistakes; each is reported as file:line:column"
        })
final class CheckConfigCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Parameters(
            arity = "0..1",
            paramLabel = "FILE",
            defaultValue = Config.DEFAULT_FILE,
            description = "the file to read (default: ${DEFAULT-VALUE})")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path file;

    @Override
    public Integer call() {
        try {
            ConfigReader.read(file);
            spec.commandLine().getOut().println(file + ": no mistakes");
            return 0;
        } catch (ConfigException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return ExitCodes.CONFIGURATION;
        }
    }
}
