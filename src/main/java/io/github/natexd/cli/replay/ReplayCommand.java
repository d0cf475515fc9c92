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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code natexctl replay}: reports what natexd would have done with the packets of a capture, and why. */
@Command(
        name = "replay",
        mixinStandardHelpOptions = true,
        description = {
            "Gives the packets of a capture, with the capture's times, to the same code that natexd runs, and reports"
                    + " for each ICMP error to the host what natexd does with it, why, and what the guest would get."
                    + " Needs neither root nor a running natexd. Changes nothing.",
            "",
            "FILE is pcap or pcapng, with Ethernet, raw IP or Linux cooked packets (a capture of `any'). A useful"
                    + " capture has complete packets of the guest network and the uplink, and starts before the"
                    + " traceroute. A capture of `any' has the guests' packets only if natexd or another capture"
                    + " listens on the guest network.",
            "",
        },
        footerHeading = "%nHow replay classifies packets:%n",
        footer = {
            "  error          an ICMP error (types 3, 4, 5, 11, 12) to an address of the host",
            "  guest's probe  UDP or an echo request from the guest network to elsewhere",
            "  leaving probe  UDP or an echo request from an address of the host",
            "",
            "  A probe has a TTL of at most probes.max-ttl.",
            "",
            "  Without --host, the host's addresses are all addresses that receive ICMP",
            "  errors and are not on the guest network. They can include hosts to which",
            "  this host sends errors.",
            "  Without --guest-network, the guest network is the /24 network of --guest.",
            "  Without --guest, it is the /24 network with the most probes from private",
            "  addresses and VMware's MAC addresses (00:0c:29, 00:50:56). If that leaves no",
            "  address for the host, the guest network is unknown.",
            "  If the capture has no guest's probes, --guest makes replay treat each probe",
            "  that leaves the host as that guest's, as if natexd had seen the guest send it.",
            "",
            "  Replay uses the times of the capture, but its clock never runs backwards.",
            "",
            "  Replay includes copies with their deadlines, and errors that the NAT process",
            "  delivers itself. For the latter, the capture must have the guest network as",
            "  Ethernet with directions (pcapng, as `natexctl capture' writes it).",
            "  Replay does not know which user sent a probe, nor whether the guest network",
            "  accepts the frame.",
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the whole capture was replayed",
            "1:natexctl failed",
            "2:the command line is wrong",
            "65:the file is damaged or is not a capture; everything before the damage was replayed",
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
            description = "a guest's address; determines the guest network, and who sent the probes if the capture"
                    + " has no guest's probes")
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
            description = "natexd's configuration; replay uses [relay] and [probes] (default: natexd's defaults)")
    private @Nullable Path configFile;

    @Option(names = "--json", description = "one JSON document; its fields are stable while its version stays the same")
    private boolean json;

    @Option(names = "--hex", description = "adds the octets of each error as it arrived and as it was rewritten")
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
            complain(file + ": " + CaptureFile.problem(e));
            return ExitCodes.CANNOT_READ;
        }
    }

    /** Opens the capture; each call starts at the first octet. */
    interface Source {
        InputStream open() throws IOException;
    }

    /** Reads the capture twice; in a damaged file both readings end at the same place. */
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

    /** Silences the relay's log, because the report has all of it. To be called before the first logger is made. */
    private static void quieten() {
        if (System.getProperty(LOG_LEVEL) == null) {
            System.setProperty(LOG_LEVEL, "warn");
        }
    }

    /** Passes each packet to {@code reader}; returns what is wrong with the file, or null. */
    private static @Nullable String read(Source source, Consumer<CapturedPacket> reader) throws IOException {
        try {
            CaptureFile.read(source.open(), reader);
            return null;
        } catch (DamagedCaptureException e) {
            return e.getMessage();
        }
    }

    /** Rejects other files, because a pipe cannot be read twice. */
    private Path regularFile() throws IOException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new IOException("not a regular file (replay reads it twice)");
        }
        return file;
    }

    private void complain(String message) {
        spec.commandLine().getErr().println(message);
        spec.commandLine().getErr().flush();
    }
}
