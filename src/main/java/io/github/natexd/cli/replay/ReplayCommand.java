package io.github.natexd.cli.replay;

import io.github.natexd.cli.capture.CaptureFile;
import io.github.natexd.cli.capture.CapturedPacket;
import io.github.natexd.cli.capture.DamagedCaptureException;
import io.github.natexd.cli.form.ExitCodes;
import io.github.natexd.cli.form.Ipv4Network;
import io.github.natexd.config.Config;
import io.github.natexd.config.ConfigException;
import io.github.natexd.config.ConfigReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code natexctl replay}: what natexd would have done with the packets of a capture, and why. */
@Command(
        name = "replay",
        mixinStandardHelpOptions = true,
        description = {
            "Runs the daemon's own relay over a capture, by the clock of the capture, and reports for each ICMP error"
                    + " to the host what becomes of it, why, and how the guest would get it. Needs neither root nor a"
                    + " running natexd; changes nothing.",
            "",
            "FILE is pcap or pcapng, of Ethernet, raw IP or `any' (Linux cooked). Best captured on the guest network"
                    + " and the uplink at once, whole packets, from before the traceroute on. `any' alone does not"
                    + " hear the guests unless natexd or another capture listens on the guest network.",
            "",
        },
        footerHeading = "%nWhich packet is which:%n",
        footer = {
            "  error          an ICMP error (types 3, 4, 5, 11, 12) to an address of the host",
            "  guest's probe  UDP or an echo request from the guest network elsewhere",
            "  leaving probe  UDP or an echo request from an address of the host",
            "",
            "  The host's addresses, unless --host says them: all that receive ICMP errors",
            "  and are not on the guest network (hosts that this one sends errors to can be",
            "  among them).",
            "  The guest network, unless --guest-network says it: the /24 around --guest;",
            "  without that the /24 from which network cards with VMware's MAC addresses",
            "  (00:0c:29, 00:50:56) and private addresses send the most probes. If then no",
            "  receiver of errors is left for the host, there is none.",
            "  With --guest, if no probe of a guest was captured, each probe that leaves the",
            "  host is taken for that guest's: what natexd would do if it had mapped it.",
            "",
            "  Probes have a TTL of at most probes.max-ttl. The time is the capture's and",
            "  never runs backwards.",
            "",
            "  Replayed: the daemon's own relay, copies and their deadlines included, and",
            "  errors that the NAT process delivers itself. For these, the guest network must",
            "  be Ethernet with directions (pcapng, as `natexctl capture' writes it).",
            "  Not replayed: which user sent a probe, and whether the guest network takes",
            "  the frame.",
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the whole capture was replayed",
            "1:natexctl failed",
            "2:the command line is wrong",
            "65:the file is damaged or no capture; what comes before the damage was replayed",
            "66:the file cannot be read",
            "78:the configuration file has mistakes"
        })
public final class ReplayCommand implements Callable<Integer> {
    private static final String LOG_LEVEL = "org.slf4j.simpleLogger.defaultLogLevel";

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "the capture")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path file;

    @Option(
            names = "--guest",
            paramLabel = "ADDR",
            converter = Ipv4Network.AddressConverter.class,
            description = "a guest's address: tells the guest network, and whose the probes are if no guest's were"
                    + " captured")
    private @Nullable Integer guest;

    @Option(
            names = "--guest-network",
            paramLabel = "CIDR",
            converter = Ipv4Network.Converter.class,
            description = "the network that the NAT serves, like 192.168.44.0/24")
    private @Nullable Ipv4Network guestNetwork;

    @Option(
            names = "--host",
            paramLabel = "ADDR",
            converter = Ipv4Network.AddressConverter.class,
            description = "an address of the host; may be given several times")
    private Set<Integer> hosts = new LinkedHashSet<>();

    @Option(
            names = "--config",
            paramLabel = "CONFIG",
            description = "natexd's configuration: [relay] errors, static-guest and [probes] count"
                    + " (default: natexd's defaults)")
    private @Nullable Path configFile;

    @Option(names = "--json", description = "one JSON document; its fields are stable, see its version")
    private boolean json;

    @Option(names = "--hex", description = "adds the octets of each error as it came and as it was rewritten")
    private boolean hex;

    @Override
    public Integer call() {
        try {
            Config config = configFile == null ? Config.defaults() : ConfigReader.read(configFile);
            return replay(config, () -> Files.newInputStream(regularFile()));
        } catch (ConfigException e) {
            complain(String.valueOf(e.getMessage()));
            return ExitCodes.CONFIGURATION;
        } catch (IOException e) {
            complain(file + ": " + words(e));
            return ExitCodes.CANNOT_READ;
        }
    }

    /** Opens the capture anew, from its first octet. */
    interface Source {
        InputStream open() throws IOException;
    }

    /** Reads the capture twice; damage ends both readings at the same place. */
    int replay(Config config, Source source) throws IOException {
        CaptureSurvey survey = new CaptureSurvey(hosts, guest, guestNetwork);
        read(source, survey::see);
        ReplayRoles roles = survey.roles();
        PrintWriter out = spec.commandLine().getOut();
        ReplayOutput output = json ? new ReplayJson(out, hex) : new ReplayText(out, hex);
        quieten();
        Replay replay = new Replay(config, roles, output);
        output.begin(file.toString(), roles);
        String damage = read(source, replay::take);
        replay.finish();
        output.end(replay.counts(), damage);
        if (damage != null) {
            complain(file + ": " + damage);
            return ExitCodes.DAMAGED;
        }
        return 0;
    }

    /** What the relay logs for the daemon's administrator is in the report. Before the first logger is made. */
    private static void quieten() {
        if (System.getProperty(LOG_LEVEL) == null) {
            System.setProperty(LOG_LEVEL, "warn");
        }
    }

    private interface Reader {
        void take(CapturedPacket packet);
    }

    /** Hands over each packet; answers what is wrong with the file, or null. */
    private static @Nullable String read(Source source, Reader reader) throws IOException {
        CapturedPacket packet = new CapturedPacket();
        try (CaptureFile capture = CaptureFile.open(source.open())) {
            while (capture.next(packet)) {
                reader.take(packet);
            }
            return null;
        } catch (DamagedCaptureException e) {
            return e.getMessage();
        }
    }

    /** A pipe cannot be read twice. */
    private Path regularFile() throws IOException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new IOException("not a regular file (it is read twice)");
        }
        return file;
    }

    private static String words(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "no such file";
        }
        return e instanceof AccessDeniedException ? "permission denied" : String.valueOf(e.getMessage());
    }

    private void complain(String message) {
        spec.commandLine().getErr().println(message);
        spec.commandLine().getErr().flush();
    }
}
