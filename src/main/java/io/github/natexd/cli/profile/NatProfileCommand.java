package io.github.natexd.cli.profile;

import io.github.natexd.cli.capture.CaptureFile;
import io.github.natexd.cli.capture.DamagedCaptureException;
import io.github.natexd.cli.capture.Interrupt;
import io.github.natexd.cli.capture.NetworkOptions;
import io.github.natexd.cli.form.ExitCodes;
import io.github.natexd.cli.form.Ipv4Network;
import io.github.natexd.cli.form.JsonAnswer;
import io.github.natexd.cli.running.DaemonCommand;
import io.github.natexd.config.ConfigException;
import io.github.natexd.control.ControlException;
import io.github.natexd.linux.libc.OsException;
import io.github.natexd.wire.Ipv4Address;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code natexctl nat-profile}: what the NAT process does to packets. */
@Command(
        name = "nat-profile",
        mixinStandardHelpOptions = true,
        exitCodeOnInvalidInput = ExitCodes.USAGE,
        description = {
            "Reports what a NAT process does to UDP, ICMP echo and TCP, with the evidence: yes, no, mixed, or unknown if"
                    + " no packet shows it. Without a capture, reports what the running natexd has learned.",
            "",
            "FILE is a capture of both sides as `natexctl capture' or `nat-profile --probe' writes it. Give other"
                    + " captures (pcap or pcapng) with --guest-side (the guest network) and --host-side (the uplink)."
                    + " Make both at the same time, with complete packets, while natexd is stopped.",
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the profile was printed",
            "1:natexd does not respond, natexctl failed, or the guest network disappeared (--probe)",
            "2:natexd is not running, and no capture was given",
            "64:the command line is wrong",
            "65:a file is damaged or is not a capture",
            "66:a file cannot be read",
            "69:there is no guest network (--probe)",
            "73:the file of --write cannot be written, or exists already",
            "77:only root and members of natexd's group may query natexd; --probe needs CAP_NET_RAW",
            "78:the configuration file has mistakes"
        })
public final class NatProfileCommand extends DaemonCommand {
    @Parameters(paramLabel = "FILE", arity = "0..1", description = "a capture of both sides")
    private @Nullable Path file;

    @ArgGroup(exclusive = false)
    private @Nullable Sides sides;

    private static final class Sides {
        @Option(
                names = "--guest-side",
                paramLabel = "FILE",
                required = true,
                description = "a capture of the guest network")
        @SuppressWarnings("NullAway.Init") // set by picocli
        private Path guestSide;

        @Option(names = "--host-side", paramLabel = "FILE", required = true, description = "a capture of the uplink")
        @SuppressWarnings("NullAway.Init") // set by picocli
        private Path hostSide;
    }

    @ArgGroup(exclusive = false)
    private @Nullable Probing probing;

    private static final class Probing {
        @Option(
                names = "--probe",
                paramLabel = "TARGET",
                required = true,
                converter = Ipv4Network.AddressConverter.class,
                description = "prints commands to run in a guest against this address, captures meanwhile, and"
                        + " reports; needs CAP_NET_RAW")
        @SuppressWarnings("NullAway.Init") // set by picocli
        private Integer target;

        @Option(
                names = "--guest",
                paramLabel = "ADDR",
                required = true,
                converter = Ipv4Network.AddressConverter.class,
                description = "the guest in which you run the commands")
        @SuppressWarnings("NullAway.Init") // set by picocli
        private Integer guest;

        @Option(
                names = "--duration",
                paramLabel = "SECONDS",
                defaultValue = "60",
                description = "how long to capture (default: ${DEFAULT-VALUE})")
        private long duration;

        @Option(names = "--write", paramLabel = "FILE", description = "keeps the capture in this file")
        private @Nullable Path file;
    }

    @Mixin
    private final NetworkOptions networks = new NetworkOptions();

    @Option(
            names = "--guest-network",
            paramLabel = "CIDR",
            converter = Ipv4Network.Converter.class,
            description = "the network that the NAT serves, like 192.168.44.0/24 (default: with --probe, the /24 of"
                    + " --guest; otherwise the /24 whose addresses begin the most conversations)")
    private @Nullable Ipv4Network guestNetwork;

    @Option(names = "--json", description = "one JSON document; its fields are stable, see its version")
    private boolean json;

    @Option(names = "--redact", description = "leaves out addresses, so that the profile can be published")
    private boolean redact;

    @Override
    protected int ask() throws ControlException {
        if (Stream.of(file, sides, probing).filter(Objects::nonNull).count() > 1) {
            throw new ParameterException(
                    spec().commandLine(), "give only one of FILE, --guest-side with --host-side, or --probe");
        }
        int unusableFile = probing == null ? ExitCodes.CANNOT_READ : ExitCodes.CANNOT_CREATE;
        try {
            if (probing != null) {
                return probe(probing);
            }
            return print(file == null && sides == null ? live() : captured());
        } catch (ConfigException e) {
            return fail(ExitCodes.CONFIGURATION, e.getMessage());
        } catch (OsException e) {
            return fail(ExitCodes.of(e), e.getMessage());
        } catch (DamagedCaptureException e) {
            return fail(ExitCodes.DAMAGED, e.getMessage());
        } catch (FileAlreadyExistsException e) {
            return fail(ExitCodes.CANNOT_CREATE, e.getFile() + " exists; remove it or choose another name");
        } catch (NoSuchFileException | AccessDeniedException e) {
            return fail(unusableFile, e.getFile() + ": " + CaptureFile.problem(e));
        } catch (IOException e) {
            return fail(unusableFile, e.getMessage());
        }
    }

    private int fail(int code, @Nullable String message) {
        complain(String.valueOf(message));
        return code;
    }

    private NatReport live() throws ControlException {
        return LiveReport.of(JsonAnswer.read(line("status")));
    }

    private int probe(Probing options) throws IOException, ConfigException, DamagedCaptureException {
        Optional<String> network = networks.network(networks.config());
        if (network.isEmpty()) {
            complain(NetworkOptions.UNKNOWN);
            return ExitCodes.UNAVAILABLE;
        }
        if (options.file != null) {
            return probe(options, network.get(), options.file);
        }
        Path directory = Files.createTempDirectory("natexctl-nat-profile");
        Path capture = directory.resolve("probe.pcapng");
        try {
            return probe(options, network.get(), capture);
        } finally {
            Files.deleteIfExists(capture);
            Files.delete(directory);
        }
    }

    private int probe(Probing options, String network, Path capture) throws IOException, DamagedCaptureException {
        try (Interrupt interrupt = new Interrupt()) {
            PrintWriter hints = json ? spec().commandLine().getErr() : out();
            Optional<ProbeCapture.EarlyEnd> early = new ProbeCapture(
                            network, options.target, CaptureSides.PACKETS_LIMIT, hints)
                    .run(capture, Ipv4Address.text(options.guest), options.duration, interrupt);
            CaptureSides packets = new CaptureSides();
            packets.read(capture);
            Ipv4Network ofGuest = guestNetwork != null ? guestNetwork : Ipv4Network.around(options.guest);
            print(Analysis.of(packets.guestSide(), packets.hostSide(), ofGuest));
            early.ifPresent(end -> complain(end.reason()));
            return early.filter(ProbeCapture.EarlyEnd::failed).isPresent() ? ExitCodes.FAILED : ExitCodes.OK;
        }
    }

    private NatReport captured() throws IOException, DamagedCaptureException {
        CaptureSides packets = new CaptureSides();
        if (file != null) {
            packets.read(file);
        } else if (sides != null) {
            packets.read(sides.guestSide, sides.hostSide);
        }
        if (packets.isLimited()) {
            complain("only the first " + CaptureSides.PACKETS_LIMIT + " packets of each side were read");
        }
        return Analysis.of(packets.guestSide(), packets.hostSide(), guestNetwork);
    }

    private int print(NatReport report) {
        if (json) {
            new ReportJson(out()).print(report, redact);
        } else {
            new ReportText(out()).print(report, redact);
        }
        out().flush();
        return ExitCodes.OK;
    }

    private void complain(String message) {
        spec().commandLine().getErr().println("natexctl: " + message);
        spec().commandLine().getErr().flush();
    }
}
