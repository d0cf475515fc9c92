package io.github.natexd.cli.doctor;

import io.github.natexd.cli.form.ExitCodes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code natexctl bugreport}: what somebody else needs to see what is wrong, in one file. */
@Command(
        name = "bugreport",
        mixinStandardHelpOptions = true,
        description = {
            "Puts what a bug report needs into one .tar.gz: versions, doctor, status, the configuration that holds,"
                    + " natexd's rules, interfaces and routes, the last lines of the log. Lists what is inside. Sends"
                    + " nothing anywhere. Works without root and without a running natexd; as root it knows more.",
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the file is there",
            "1:it could not be packed",
            "64:the command line is wrong",
            "73:the file cannot be written, or exists"
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
            description = "the file to make; one that exists is not overwritten"
                    + " (default: natexd-bugreport-DATE-TIME.tar.gz)")
    private @Nullable Path output;

    @Option(
            names = "--mask-addresses",
            description = "replaces IPv4, IPv6 and MAC addresses by ipv4-1, ipv6-1, mac-1 and so on, the same by the"
                    + " same in all files; names of interfaces and machines stay")
    private boolean mask;

    @Mixin
    private final SystemOptions system = new SystemOptions();

    @Override
    public Integer call() throws IOException {
        String name = "natexd-bugreport-" + ZonedDateTime.now(ZoneOffset.UTC).format(STAMP);
        Path file = output != null ? output : Path.of(name + ".tar.gz");
        try {
            // Only for whom it is: there may be addresses in it.
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } catch (FileAlreadyExistsException e) {
            return complain(ExitCodes.CANNOT_CREATE, file + " exists; remove it or choose another with --output");
        } catch (IOException e) {
            return complain(ExitCodes.CANNOT_CREATE, "cannot write " + file + ": " + e.getMessage());
        }
        Path directory = Files.createTempDirectory("natexd-bugreport");
        try {
            write(Files.createDirectory(directory.resolve(name)));
            Program.Result packed = Program.run(List.of(
                    "tar", "-C", directory.toString(), "--owner=0", "--group=0", "-czf", file.toString(), name));
            if (packed.exitCode() != 0) {
                Files.deleteIfExists(file);
                return complain(ExitCodes.FAILED, "tar failed: " + packed.text());
            }
        } finally {
            delete(directory);
        }
        say(file + ", " + Files.size(file) + " octets" + (mask ? "; addresses are masked" : "")
                + ". Look through it before you give it away: tar -xzf " + file);
        return 0;
    }

    private void write(Path directory) throws IOException {
        AddressMask addresses = new AddressMask();
        say("In " + directory.getFileName() + ":");
        for (Bugreport.Part part : Bugreport.gather(system.findings(), system.configuration(), system.status())) {
            byte[] octets = (mask ? addresses.mask(part.text()) : part.text()).getBytes(StandardCharsets.UTF_8);
            Files.write(directory.resolve(part.name()), octets);
            say("  %-12s %7d octets  %s".formatted(part.name(), octets.length, part.about()));
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path :
                    paths.sorted((left, right) -> right.compareTo(left)).toList()) {
                Files.delete(path);
            }
        }
    }

    private void say(String line) {
        spec.commandLine().getOut().println(line);
        spec.commandLine().getOut().flush();
    }

    private int complain(int code, String message) {
        spec.commandLine().getErr().println("natexctl: " + message);
        spec.commandLine().getErr().flush();
        return code;
    }
}
