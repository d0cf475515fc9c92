package io.github.natexd.cli.capture;

import io.github.natexd.cli.form.ExitCodes;
import io.github.natexd.config.Config;
import io.github.natexd.config.ConfigException;
import io.github.natexd.linux.libc.Errno;
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

/** {@code natexctl capture}: the file that explains what became of a guest's traceroute. */
@Command(
        name = "capture",
        mixinStandardHelpOptions = true,
        description = {
            "Writes guests' probes, the probes that leave the host, the ICMP errors that come back and what guests are"
                    + " handed to a pcapng file, for Wireshark and `natexctl replay'. Needs CAP_NET_RAW (root), not a"
                    + " running natexd. Ends after --duration, after --count packets, or with Ctrl-C; the file is valid"
                    + " whenever it ends.",
            "",
            "Probes are UDP packets and echo requests with a TTL of at most probes.max-ttl. Their octets are in the"
                    + " file whole.",
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done; after Ctrl-C 130",
            "1:the guest network went away meanwhile; what came before is in the file",
            "2:the command line is wrong",
            "69:there is no guest network",
            "73:the file cannot be written, or exists",
            "77:CAP_NET_RAW is missing",
            "78:the configuration file has mistakes"
        })
public final class CaptureCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "the file to make; one that exists is not overwritten")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path file;

    @Option(names = "--duration", paramLabel = "SECONDS", description = "ends after so long (default: not by time)")
    private @Nullable Long duration;

    @Option(
            names = "--count",
            paramLabel = "N",
            defaultValue = "100000",
            description = "ends after so many packets (default: ${DEFAULT-VALUE})")
    private long count;

    @Mixin
    private final NetworkOptions networks = new NetworkOptions();

    @Override
    public Integer call() {
        if (count < 1 || (duration != null && duration < 1)) {
            throw new ParameterException(spec.commandLine(), "--count and --duration are at least 1");
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
            boolean refused = e.errno() == Errno.EPERM || e.errno() == Errno.EACCES;
            return complain(refused ? ExitCodes.NO_PERMISSION : ExitCodes.UNAVAILABLE, String.valueOf(e.getMessage()));
        } catch (FileAlreadyExistsException e) {
            return complain(ExitCodes.CANNOT_CREATE, file + " exists; remove it or choose another name");
        } catch (IOException e) {
            return complain(ExitCodes.CANNOT_CREATE, "cannot write " + file + ": " + e.getMessage());
        }
    }

    private int capture(String network, int maxTtl) throws IOException {
        try (LiveCapture.Sockets sockets = LiveCapture.Sockets.open(network, PacketFilter.probes(maxTtl));
                Interrupt interrupt = new Interrupt();
                PcapngWriter writer = PcapngWriter.create(file)) {
            LiveCapture capture = new LiveCapture(writer, sockets, network);
            interrupt.stops(capture);
            say("capturing on " + network + " and on all other interfaces; Ctrl-C ends it");
            capture.run(duration == null ? Long.MAX_VALUE : TimeUnit.SECONDS.toNanos(duration), count);
            say("%d packets in %s, %d of them on %s"
                    .formatted(capture.packets(), file, capture.ofGuestNetwork(), network));
            return capture.guestNetworkGone()
                    ? complain(ExitCodes.FAILED, network + " went away; what came before is in " + file)
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
