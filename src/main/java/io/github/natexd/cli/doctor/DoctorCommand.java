package io.github.natexd.cli.doctor;

import io.github.natexd.cli.form.ExitCodes;
import io.github.natexd.cli.form.OutputForm;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code natexctl doctor}: checks everything that natexd depends on, and prints a fix for what is wrong. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description = {
            "Checks, in order, everything that natexd depends on, and reports what is wrong, why, and how to fix it."
                    + " Works without a running natexd, and without root (a check that needs root is then unknown)."
                    + " Changes nothing.",
            "",
            "✔ good; ✘ wrong; ! a warning: something went wrong earlier, but not now; ? the check could not be made.",
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:nothing is wrong; there may be warnings",
            "1:something is wrong",
            "3:no check failed, but some could not be made",
            "64:the command line is wrong"
        },
        exitCodeOnInvalidInput = ExitCodes.USAGE)
public final class DoctorCommand implements Callable<Integer> {
    static final int WRONG = 1;
    static final int UNKNOWN = 3;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @ArgGroup
    private final OutputForm form = new OutputForm();

    @Mixin
    private final SystemOptions system = new SystemOptions();

    @Override
    public Integer call() {
        List<DoctorFinding> findings = system.findings();
        PrintWriter out = spec.commandLine().getOut();
        if (form.json()) {
            DoctorOutput.json(out, findings);
        } else if (form.plain()) {
            DoctorOutput.plain(out, findings);
        } else {
            DoctorOutput.text(out, findings, spec.commandLine().getColorScheme().ansi());
        }
        out.flush();
        return exitCode(findings);
    }

    static int exitCode(List<DoctorFinding> findings) {
        return switch (DoctorOutput.worst(findings)) {
            case OK, WARNING -> 0;
            case WRONG -> WRONG;
            case UNKNOWN -> UNKNOWN;
        };
    }
}
