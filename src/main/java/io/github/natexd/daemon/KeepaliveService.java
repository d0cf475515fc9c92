package io.github.natexd.daemon;

import io.github.natexd.config.Config;
import io.github.natexd.config.ConfigException;
import io.github.natexd.keepalive.Keepalive;
import io.github.natexd.linux.libc.OsException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code natexd keepalive}: a process of its own, so that nothing that happens to it concerns the way of a packet. */
final class KeepaliveService {
    private static final Logger LOG = LoggerFactory.getLogger(KeepaliveService.class);
    private static final long STOP_SECONDS = 5;

    private final Notify notify = Notify.to(System.getenv("NOTIFY_SOCKET"));
    private final CountDownLatch ended = new CountDownLatch(1);
    private @Nullable Keepalive keepalive;
    private boolean stopped;

    /** Returns after {@link #stop}. */
    void run(Optional<Path> file) throws StartException {
        try {
            Keepalive running = start(settings(file));
            if (running == null) {
                return;
            }
            try (running) {
                notify.send("READY=1");
                LOG.info("ready");
                running.run();
                LOG.info("stopped");
            }
        } catch (IOException e) {
            throw new StartException(ExitCode.FAILURE, "cannot look for processes: " + e.getMessage());
        } catch (OsException e) {
            throw StartException.of(e);
        } catch (LinkageError e) {
            throw StartException.of(e);
        } finally {
            notify.send("STOPPING=1");
            ended.countDown();
        }
    }

    private static Config.Keepalive settings(Optional<Path> file) throws StartException {
        try {
            Config.Keepalive settings = new ConfigFile(file).read().config().keepalive();
            if (!settings.enabled()) {
                throw new StartException(
                        ExitCode.CONFIGURATION,
                        "keepalive.enabled is false in " + file.orElse(Path.of(Config.DEFAULT_FILE))
                                + ", so there is nothing to do; set it to true and start natexd-keepalive again, or"
                                + " disable the service: systemctl disable natexd-keepalive");
            }
            return settings;
        } catch (ConfigException e) {
            throw StartException.of(e);
        }
    }

    /** Null: it was told to stop before it had started. */
    private synchronized @Nullable Keepalive start(Config.Keepalive settings) throws IOException {
        if (!stopped) {
            keepalive = new Keepalive(settings, this::tell);
        }
        return keepalive;
    }

    private void tell(String words) {
        notify.send("STATUS=" + words);
        KeepaliveState.write(System.getenv("RUNTIME_DIRECTORY"), words);
    }

    /** Ends {@link #run} and waits for that; what is attached is detached then. */
    void stop() {
        synchronized (this) {
            stopped = true;
            if (keepalive != null) {
                keepalive.stop();
            }
        }
        try {
            ended.await(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
