package io.github.natexd.cli.paths;

import io.github.natexd.cli.form.ExitCodes;
import io.github.natexd.cli.form.OutputForm;
import io.github.natexd.control.ControlException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code natexctl paths}: shows the paths of guests' probes, hop by hop. */
@Command(
        name = "paths",
        mixinStandardHelpOptions = true,
        exitCodeOnInvalidInput = ExitCodes.USAGE,
        description = {
            "Shows the paths that guests' probes take: for each guest, protocol and target a table of the hops, with"
                    + " the routers that answered, probes sent and lost, round trips in milliseconds, MPLS labels, the"
                    + " next hop's MTU, and why answers are missing. To see that an error came to the host but did not"
                    + " reach natexd, natexctl needs CAP_NET_RAW (root).",
            "natexd collects nothing in advance: the tables begin when natexctl starts. On a terminal, natexctl updates"
                    + " them in place until you press q. Otherwise, or with --once, they are printed after"
                    + " --duration seconds, or earlier after Ctrl-C.",
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:shown",
            "1:natexd has ended or does not respond",
            "2:natexd is not running",
            "64:the command line is wrong",
            "73:a file cannot be written",
            "77:only root and members of natexd's group may query natexd"
        })
public final class PathsCommand extends FeedCommand {
    private static final long INTERVAL_MILLIS = 1_000;

    @Option(names = "--once", description = "prints the tables once and ends")
    private boolean once;

    @Option(names = "--names", description = "looks up the names of addresses with the system's resolver")
    private boolean resolve;

    @Option(
            names = "--html",
            paramLabel = "FILE",
            description = "writes a page with a picture and the tables; implies --once")
    private @Nullable Path html;

    @Option(names = "--svg", paramLabel = "FILE", description = "writes a picture of the paths; implies --once")
    private @Nullable Path svg;

    @ArgGroup
    private final OutputForm form = new OutputForm();

    @Override
    @Nullable
    ArrivalCapture arrivals() {
        return ArrivalCapture.open();
    }

    @Override
    boolean isLive() {
        return !once && !form.json() && !form.plain() && html == null && svg == null && Screen.isPossible();
    }

    @Override
    void live(Feed feed) throws IOException, ControlException {
        try (Names names = new Names(resolve);
                Screen screen = Screen.open()) {
            PathsText text = new PathsText(names::text);
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

    @Override
    int report(Feed feed) throws InterruptedException {
        try (Names names = new Names(resolve)) {
            if (resolve) {
                lines(feed, new PathsText(names::text)); // asks for the names
                names.await();
            }
            synchronized (feed) {
                Paths paths = feed.paths();
                print(paths, names, feed.lostLines());
                PathsPicture picture = new PathsPicture(names::text);
                return write(svg, () -> picture.svg(paths.all())) && write(html, () -> picture.html(paths.all()))
                        ? ExitCodes.OK
                        : ExitCodes.CANNOT_CREATE;
            }
        }
    }

    private void print(Paths paths, Names names, long lostLines) {
        if (form.json()) {
            out().println(PathsJson.write(paths, names, lostLines));
        } else if (form.plain()) {
            paths.all().forEach(path -> path.hops().forEach(hop -> out().print(PathsJson.row(path, hop) + "\n")));
        } else if (paths.all().isEmpty()) {
            complainOfNothing();
        } else {
            new PathsText(names::text).lines(paths.all()).forEach(out()::println);
        }
    }

    /** Returns false if the file cannot be written. */
    private boolean write(@Nullable Path file, Supplier<String> text) {
        try {
            if (file != null) {
                Files.writeString(file, text.get());
            }
            return true;
        } catch (IOException e) {
            complain("cannot write " + file + ": " + e);
            return false;
        }
    }
}
