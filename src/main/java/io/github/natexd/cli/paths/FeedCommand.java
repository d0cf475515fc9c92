package io.github.natexd.cli.paths;

import io.github.natexd.cli.capture.Interrupt;
import io.github.natexd.cli.form.ExitCodes;
import io.github.natexd.cli.form.Ipv4Network;
import io.github.natexd.cli.running.DaemonCommand;
import io.github.natexd.control.ControlClient;
import io.github.natexd.control.ControlException;
import io.github.natexd.wire.Ipv4Address;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A command that collects for some time what natexd reports about guests' probes. */
abstract class FeedCommand extends DaemonCommand {
    static final String DEFAULT_SECONDS = "10";

    @Parameters(
            paramLabel = "GUEST",
            arity = "0..*",
            converter = Ipv4Network.AddressConverter.class,
            description = "only these guests")
    private List<Integer> guests = new ArrayList<>();

    @Option(
            names = "--target",
            paramLabel = "ADDRESS",
            converter = Ipv4Network.AddressConverter.class,
            description = "only probes to this address")
    private @Nullable Integer target;

    @Option(
            names = "--duration",
            paramLabel = "SECONDS",
            defaultValue = DEFAULT_SECONDS,
            description = "how long to collect before printing (default: ${DEFAULT-VALUE})")
    private int seconds;

    @Override
    protected final int ask() throws ControlException {
        try (ArrivalCapture arrivals = arrivals();
                ControlClient client = sendAndWait("watch probes");
                Interrupt interrupt = new Interrupt()) {
            watching(client);
            Feed feed = new Feed(client, this::isWanted);
            if (arrivals != null) {
                arrivals.start(feed);
            }
            feed.start();
            int code = ExitCodes.OK;
            if (isLive()) {
                live(feed);
            } else {
                interrupt.calls(feed::stop);
                feed.await(TimeUnit.SECONDS.toMillis(seconds));
                feed.check();
                code = report(feed);
                // After Ctrl-C, the JVM ends as soon as interrupt is closed.
                out().flush();
                complainOfLoss(feed.lostLines());
            }
            return code;
        } catch (IOException e) {
            complain(String.valueOf(e.getMessage()));
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

    /** Sees the errors that do not reach natexd; null if that is not needed or not permitted. */
    @Nullable
    ArrivalCapture arrivals() {
        return null;
    }

    /** Whether to draw again and again instead of one {@link #report}. */
    boolean isLive() {
        return false;
    }

    /** Draws until the user or natexd ends it. */
    void live(Feed feed) throws IOException, ControlException {}

    /** Prints what was collected; returns the exit code. */
    abstract int report(Feed feed) throws InterruptedException, ControlException;

    private void complainOfLoss(long lines) {
        if (lines > 0) {
            complain(lines + " events are missing, because they came too fast; the numbers of probes are too low");
        }
    }

    final void complainOfNothing() {
        complain("no guest sent a probe in this time; run in a guest: traceroute -n 9.9.9.9");
    }

    final void complain(String words) {
        spec().commandLine().getErr().println("natexctl: " + words);
    }
}
