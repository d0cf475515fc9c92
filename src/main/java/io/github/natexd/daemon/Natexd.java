package io.github.natexd.daemon;

import io.github.natexd.config.Config;
import io.github.natexd.config.ConfigException;
import io.github.natexd.config.ConfigReader;
import io.github.natexd.control.Access;
import io.github.natexd.control.Caller;
import io.github.natexd.control.ControlException;
import io.github.natexd.control.ControlServer;
import io.github.natexd.linux.Errno;
import io.github.natexd.linux.Groups;
import io.github.natexd.linux.Libc;
import io.github.natexd.linux.OsException;
import io.github.natexd.linux.Peer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.commons.daemon.Daemon;
import org.apache.commons.daemon.DaemonContext;
import org.apache.commons.daemon.DaemonInitException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The daemon as commons-daemon sees it; {@link Main} calls the same four methods. */
public final class Natexd implements Daemon {
    private static final Logger LOG = LoggerFactory.getLogger(Natexd.class);
    private static final long STOP_MILLIS = 5_000;

    private final CompletableFuture<@Nullable Throwable> ended = new CompletableFuture<>();
    private @Nullable Config config;
    private @Nullable RulesKeeper rulesKeeper;
    private @Nullable Loop loop;
    private @Nullable Thread thread;
    private @Nullable ControlServer control;

    @Override
    public void init(DaemonContext context) throws DaemonInitException {
        try {
            init(Arguments.parse(context.getArguments()).config());
        } catch (StartException e) {
            throw new DaemonInitException(e.getMessage(), e);
        }
    }

    void init(Optional<Path> configFile) throws StartException {
        Path file = configFile.orElse(Path.of(Config.DEFAULT_FILE));
        if (configFile.isEmpty() && Files.notExists(file)) {
            LOG.info("no {}: every setting has its default", file);
            config = Config.defaults();
            return;
        }
        try {
            config = ConfigReader.read(file);
        } catch (ConfigException e) {
            throw new StartException(ExitCode.CONFIGURATION, String.valueOf(e.getMessage()));
        }
    }

    /** Returns when errors are being relayed, or as soon as the guest network is there. */
    @Override
    public void start() throws StartException {
        Config present = config;
        if (present == null) {
            throw new StartException(ExitCode.FAILURE, "start before init");
        }
        if (present.relay().reinject() == Config.Reinject.VERDICT) {
            Forwarding.check();
        }
        RulesKeeper keeper = new RulesKeeper(present);
        GuestNetwork guestNetwork = new GuestNetwork(present);
        boolean networkKnown = guestNetwork.name().isPresent();
        // First of all: a second natexd must end here, before it touches the rules of the one that runs.
        ControlServer listening = listen(present.control());
        Loop created = open(present, guestNetwork, keeper, listening);
        control = listening;
        rulesKeeper = keeper;
        loop = created;
        thread = new Thread(() -> runLoop(created), "relay");
        thread.start();
        listening.serve(new View(present, created, keeper));
        if (networkKnown) {
            awaitRules(keeper);
        } else {
            keeper.installLater();
        }
        LOG.info("ready");
        Notify.ready(networkKnown ? "relaying ICMP errors" : "waiting for VMware Workstation's NAT network");
    }

    private static Loop open(Config config, GuestNetwork guestNetwork, RulesKeeper keeper, ControlServer listening)
            throws StartException {
        try {
            return new Loop(config, guestNetwork, keeper);
        } catch (OsException e) {
            listening.close();
            ExitCode code =
                    switch (e.errno()) {
                        case Errno.EPERM, Errno.EACCES -> ExitCode.NO_PERMISSION;
                        case Errno.ENOENT, Errno.EAFNOSUPPORT -> ExitCode.UNAVAILABLE;
                        default -> ExitCode.FAILURE;
                    };
            throw new StartException(code, String.valueOf(e.getMessage()));
        }
    }

    private static ControlServer listen(Config.Control config) throws StartException {
        Access access = new Access(Libc.INSTANCE.geteuid(), config.group(), Groups.id(config.group()));
        try {
            return ControlServer.listen(Path.of(config.socket()), access, Natexd::caller);
        } catch (ControlException e) {
            throw new StartException(
                    e.kind() == ControlException.Kind.FAILED ? ExitCode.FAILURE : ExitCode.NO_PERMISSION,
                    e.reason() + "; " + e.remedy());
        }
    }

    private static Caller caller(int descriptor) {
        Peer peer = Peer.of(descriptor);
        return new Caller(peer.user(), peer.groups());
    }

    private void awaitRules(RulesKeeper keeper) throws StartException {
        try {
            keeper.awaitInstalled();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StartException(ExitCode.FAILURE, "interrupted");
        } catch (StartException e) {
            stop();
            throw e;
        }
    }

    private void runLoop(Loop running) {
        try {
            running.run();
            ended.complete(null);
        } catch (RuntimeException | Error e) {
            LOG.error("the relay has failed: natexd ends, ICMP errors go to the host again", e);
            ended.complete(e);
        }
    }

    /** Waits until the loop has ended; answers what ended it, null when it was told to. */
    @Nullable
    Throwable awaitEnd() {
        return ended.join();
    }

    /** The loop ended by itself, with an error. */
    boolean hasFailed() {
        return ended.isDone() && ended.join() != null;
    }

    /** Rules out first, while the loop still serves what they have queued; then the loop. */
    @Override
    public void stop() {
        Notify.stopping();
        if (control != null) {
            control.close();
        }
        if (rulesKeeper != null) {
            rulesKeeper.remove();
        }
        Thread running = thread;
        if (loop != null && running != null) {
            if (running.isAlive()) {
                loop.stop();
            }
            try {
                running.join(STOP_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void destroy() {
        config = null;
    }
}
