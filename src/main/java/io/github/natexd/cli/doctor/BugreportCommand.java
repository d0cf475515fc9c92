package io.github.natexd.cli.doctor;

import io.github.natexd.cli.form.ExitCodes;
import io.github.natexd.linux.libc.Errno;
import io.github.natexd.linux.libc.Libc;
import io.github.natexd.linux.libc.OsException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code natexctl bugreport}: writes one file with everything that others need to find out what is wrong. */
@Command(
        name = "bugreport",
        mixinStandardHelpOptions = true,
        description = {
            "Writes versions, doctor's findings, status, the current configuration, natexd's rules, interfaces, routes"
                    + " and the last lines of the log to one .tar.gz, and lists what is inside. Sends nothing. Works"
                    + " without root and without a running natexd; as root it collects more.",
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the file was written",
            "64:the command line is wrong",
            "73:the file cannot be written, or exists already"
        },
        exitCodeOnInvalidInput = ExitCodes.USAGE)
public final class BugreportCommand implements Callable<Integer> {
    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT);

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(
            names = "--output",
            paramLabel = "FILE",
            description =
                    "the file to write; an existing file is not overwritten; with sudo, it belongs to the user who"
                            + " called sudo, if that user may create files in its folder"
                            + " (default: natexd-bugreport-DATE-TIME.tar.gz)")
    private @Nullable Path output;

    @Option(
            names = "--mask-addresses",
            description = "replaces IPv4, IPv6 and MAC addresses with ipv4-1, ipv6-1, mac-1 and so on; the same address"
                    + " has the same name in all files; names of interfaces and machines stay")
    private boolean mask;

    @Mixin
    private final SystemOptions system = new SystemOptions();

    @Override
    public Integer call() {
        String name = "natexd-bugreport-" + ZonedDateTime.now(ZoneOffset.UTC).format(STAMP);
        Path path = output != null ? output : Path.of(name + ".tar.gz");
        try (NewFile file = create(path)) {
            write(new Tarball(file, Instant.now()), name);
            say(path + ", " + file.size() + " octets" + (mask ? "; addresses are masked" : "")
                    + ". Read the files before you pass them on: tar -xzf " + path);
            return 0;
        } catch (OsException e) {
            return complain(
                    e.errno() == Errno.EEXIST
                            ? path + " exists; remove it or choose another with --output"
                            : String.valueOf(e.getMessage()));
        } catch (IOException e) {
            return complain(e.getMessage() + "; the file is incomplete");
        }
    }

    /**
     * The user who called sudo attaches the file to a report, so it should not be root's. But a sudo rule for this
     * command must not give a user files where the user may not make any.
     */
    private NewFile create(Path path) {
        Integer user = number("SUDO_UID");
        Integer group = number("SUDO_GID");
        if (Libc.INSTANCE.geteuid() != 0 || user == null || group == null) {
            return NewFile.create(path);
        }
        try {
            return NewFile.createAs(user, group, path);
        } catch (OsException e) {
            NewFile file = NewFile.create(path);
            warn("user " + user + " may not create " + path + " (" + Errno.name(e.errno())
                    + "), so the file belongs to root");
            return file;
        }
    }

    private static @Nullable Integer number(String variable) {
        try {
            return Integer.parseUnsignedInt(System.getenv().getOrDefault(variable, ""));
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private void write(Tarball tarball, String directory) throws IOException {
        AddressMask addresses = new AddressMask();
        say("In " + directory + ":");
        for (Bugreport.Part part : Bugreport.gather(system.findings(), system.configuration(), system.status())) {
            byte[] octets = (mask ? addresses.mask(part.text()) : part.text()).getBytes(StandardCharsets.UTF_8);
            tarball.add(directory + "/" + part.name(), octets);
            say("  %-12s %7d octets  %s".formatted(part.name(), octets.length, part.about()));
        }
        tarball.finish();
    }

    private void say(String line) {
        spec.commandLine().getOut().println(line);
        spec.commandLine().getOut().flush();
    }

    private int complain(String message) {
        warn(message);
        return ExitCodes.CANNOT_CREATE;
    }

    private void warn(String message) {
        spec.commandLine().getErr().println("natexctl: " + message);
        spec.commandLine().getErr().flush();
    }
}
