package io.github.natexd.cli.paths;

import io.github.natexd.cli.capture.Interrupt;
import io.github.natexd.cli.form.ExitCodes;
import io.github.natexd.cli.form.Ipv4Network;
import io.github.natexd.cli.form.JsonAnswer;
import io.github.natexd.cli.form.OutputForm;
import io.github.natexd.cli.running.DaemonCommand;
import io.github.natexd.control.ControlClient;
import io.github.natexd.control.ControlException;
import io.github.natexd.wire.Ipv4Address;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code natexctl paths}: shows the paths of guests' probes, hop by hop. */
@Command(
        name = "paths",
        mixinStandardHelpOptions = true,
        exitCodeOnInvalidInput = ExitCodes.USAGE,
        description = {
            "Shows the paths that guests' probes take: for each guest, protocol and target a table of the hops, with"
                    + " the routers that answered, probes sent and lost, round trips in milliseconds, MPLS labels, the"
                    + " next hop's MTU, and why answers are missing.",
            "natexd collects nothing while nobody looks: the tables begin when natexctl starts. On a terminal they are"
                    + " drawn again in place until you press q. Otherwise, or with --once, they are printed after"
                    + " --duration seconds, or earlier after Ctrl-C.",
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:shown",
            "1:natexd has ended or does not respond, or a file could not be written",
            "2:natexd is not running",
            "64:the command line is wrong",
            "77:only root and members of natexd's group may query natexd"
        })
public final class PathsCommand extends DaemonCommand {
    private static final long INTERVAL_MILLIS = 1_000;
    private static final String DEFAULT_SECONDS = "10";

    @Parameters(
            paramLabel = "GUEST",
            arity = "0..*",
            converter = Ipv4Network.AddressConverter.class,
            description = "only paths of these guests")
    private List<Integer> guests = new ArrayList<>();

    @Option(
            names = "--target",
            paramLabel = "ADDRESS",
            converter = Ipv4Network.AddressConverter.class,
            description = "only paths to this address")
    private @Nullable Integer target;

    @Option(names = "--once", description = "print the tables once and end")
    private boolean once;

    @Option(
            names = "--duration",
            paramLabel = "SECONDS",
            defaultValue = DEFAULT_SECONDS,
            description = "how long to collect before printing (default: ${DEFAULT-VALUE})")
    private int seconds;

    @Option(names = "--names", description = "look up the names of addresses with the system's resolver")
    private boolean resolve;

    @Option(names = "--html", paramLabel = "FILE", description = "write a page with picture and tables; implies --once")
    private @Nullable Path html;

    @Option(names = "--svg", paramLabel = "FILE", description = "write a picture of the paths; implies --once")
    private @Nullable Path svg;

    @ArgGroup
    private final OutputForm form = new OutputForm();

    @Override
    protected int ask() throws ControlException {
        try (ControlClient client = sendAndWait("watch probes");
                Names names = new Names(resolve);
                Interrupt interrupt = new Interrupt()) {
            JsonAnswer.read(client.line());
            Feed feed = new Feed(client, this::isWanted);
            feed.start();
            boolean live =
                    !once && !form.json() && !form.plain() && html == null && svg == null && System.console() != null;
            if (live) {
                live(feed, names);
            } else {
                collect(feed, interrupt);
                report(feed, names);
            }
            return ExitCodes.OK;
        } catch (IOException e) {
            complain(e.getMessage());
            return ExitCodes.FAILED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ExitCodes.FAILED;
        }
    }

    private boolean isWanted(Event event) {
        String guest = event.probe().guest();
        return (guests.isEmpty() || guest.isEmpty() || guests.contains(Ipv4Address.parse(guest)))
                && (target == null || event.probe().target().equals(Ipv4Address.text(target)));
    }

    private void live(Feed feed, Names names) throws IOException, ControlException {
        PathsText text = new PathsText(names::text);
        try (Screen screen = Screen.open()) {
            screen.show(() -> lines(feed, text), INTERVAL_MILLIS, feed::hasEnded);
        }
        feed.check();
    }

    private static List<String> lines(Feed feed, PathsText text) {
        synchronized (feed) {
            List<String> lines = text.lines(feed.paths().all());
            return lines.isEmpty() ? List.of("no probe of a guest yet; run in a guest: traceroute -n 9.9.9.9") : lines;
        }
    }

    private void collect(Feed feed, Interrupt interrupt) throws InterruptedException {
        interrupt.calls(feed::stop);
        feed.await(TimeUnit.SECONDS.toMillis(seconds));
    }

    private void report(Feed feed, Names names) throws IOException, InterruptedException, ControlException {
        feed.check();
        if (resolve) {
            synchronized (feed) {
                new PathsText(names::text).lines(feed.paths().all()); // asks for the names
            }
            names.await();
        }
        synchronized (feed) {
            Paths paths = feed.paths();
            print(paths, names, feed.lostLines());
            writeFiles(paths, names);
        }
        if (feed.lostLines() > 0) {
            complain(feed.lostLines()
                    + " events are missing, because they came too fast: numbers of probes are too low");
        }
    }

    private void print(Paths paths, Names names, long lostLines) {
        if (form.json()) {
            out().println(PathsJson.write(paths, names, lostLines));
        } else if (form.plain()) {
            paths.all().forEach(path -> path.hops().forEach(hop -> out().print(PathsJson.row(path, hop) + "\n")));
        } else {
            new PathsText(names::text).lines(paths.all()).forEach(out()::println);
            if (paths.all().isEmpty()) {
                complain("no guest sent a probe in this time; run in a guest: traceroute -n 9.9.9.9");
            }
        }
    }

    private void writeFiles(Paths paths, Names names) throws IOException {
        PathsPicture picture = new PathsPicture(names::text);
        if (svg != null) {
            Files.writeString(svg, picture.svg(paths.all()));
        }
        if (html != null) {
            Files.writeString(html, picture.html(paths.all()));
        }
    }

    private void complain(@Nullable String words) {
        spec().commandLine().getErr().println("natexctl: " + words);
    }
}
