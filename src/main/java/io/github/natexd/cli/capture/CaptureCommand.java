package io.github.natexd.cli.capture;

import io.github.natexd.cli.form.ExitCodes;
import io.github.natexd.config.Config;
import io.github.natexd.config.ConfigException;
import io.github.natexd.linux.libc.OsException;
import io.github.natexd.linux.packet.PacketFilter;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code natexctl capture}: records what happens to a guest's traceroute, for Wireshark and replay. */
@Command(
        name = "capture",
        mixinStandardHelpOptions = true,
        description = {
            "Writes a pcapng file for Wireshark and `natexctl replay': guests' probes, the probes that leave"
                    + " the host, the ICMP errors that come back, and the errors that guests get. Needs CAP_NET_RAW"
                    + " (root), but no running natexd. Ends after --duration seconds, after --count packets, or on"
                    + " Ctrl-C. The file is valid however the capture ends.",
            "",
            "Probes are UDP packets and echo requests with a TTL of at most probes.max-ttl. The file has all octets"
                    + " of each packet.",
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the capture is complete (130 after Ctrl-C)",
            "1:the guest network disappeared; the file has everything until then",
            "2:the command line is wrong",
            "69:there is no guest network",
            "73:the file cannot be written, or exists already",
            "77:CAP_NET_RAW is missing",
            "78:the configuration file has mistakes"
        })
public final class CaptureCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "the file to write; an existing file is not overwritten")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path file;

    @Option(names = "--duration", paramLabel = "SECONDS", description = "ends after this time (default: no limit)")
    private @Nullable Long duration;

    @Option(
            names = "--count",
            paramLabel = "N",
            defaultValue = "100000",
            description = "ends after this number of packets (default: ${DEFAULT-VALUE})")
    private long count;

    @Mixin
    private final NetworkOptions networks = new NetworkOptions();

    @Override
    public Integer call() {
        if (count < 1 || (duration != null && duration < 1)) {
            throw new ParameterException(spec.commandLine(), "--count and --duration must be at least 1");
        }
        try {
            Config config = networks.config();
            Optional<String> network = networks.network(config);
            if (network.isEmpty()) {
                return complain(ExitCodes.UNAVAILABLE, NetworkOptions.UNKNOWN);
            }
            return capture(network.get(), config.probes().maxTtl());
        } catch (ConfigException e) {
            return complain(ExitCodes.CONFIGURATION, String.valueOf(e.getMessage()));
        } catch (OsException e) {
            return complain(ExitCodes.of(e), String.valueOf(e.getMessage()));
        } catch (FileAlreadyExistsException e) {
            return complain(ExitCodes.CANNOT_CREATE, file + " exists already; remove it or choose another name");
        } catch (IOException e) {
            return complain(ExitCodes.CANNOT_CREATE, "cannot write " + file + ": " + e.getMessage());
        }
    }

    private int capture(String network, int maxTtl) throws IOException {
        try (LiveCapture.Sockets sockets = LiveCapture.Sockets.open(network, PacketFilter.probes(maxTtl));
                Interrupt interrupt = new Interrupt();
                PcapngWriter writer = PcapngWriter.create(file)) {
            LiveCapture capture = new LiveCapture(writer, sockets, network);
            interrupt.calls(capture::stop);
            say("capturing on " + network + " and on all other interfaces; press Ctrl-C to end");
            capture.run(duration == null ? Long.MAX_VALUE : TimeUnit.SECONDS.toNanos(duration), count);
            say("%d packets in %s, %d of them on %s"
                    .formatted(capture.packets(), file, capture.ofGuestNetwork(), network));
            return capture.guestNetworkGone()
                    ? complain(ExitCodes.FAILED, network + " disappeared; " + file + " has everything until then")
                    : 0;
        }
    }

    private void say(String message) {
        spec.commandLine().getOut().println(message);
        spec.commandLine().getOut().flush();
    }

    private int complain(int code, String message) {
        spec.commandLine().getErr().println("natexctl: " + message);
        spec.commandLine().getErr().flush();
        return code;
    }
}
