package io.github.natexd.cli.paths;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** Names of addresses, as the system's resolver knows them. It is asked in the background, and only if wanted. */
final class Names implements AutoCloseable {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9._-]{1,253}");
    private static final long PATIENCE_SECONDS = 3;
    private static final int THREADS = 4;

    private final boolean wanted;
    private final Map<String, Optional<String>> names = new ConcurrentHashMap<>();
    private final ExecutorService resolver = Executors.newFixedThreadPool(THREADS, task -> {
        Thread thread = new Thread(task, "resolver");
        thread.setDaemon(true); // a resolver that hangs must not keep natexctl from its end
        return thread;
    });

    /** @param wanted without it, no name is ever known, and nobody is asked */
    Names(boolean wanted) {
        this.wanted = wanted;
    }

    /** The name, if it is known by now; otherwise the resolver is asked. */
    Optional<String> known(String address) {
        if (!wanted) {
            return Optional.empty();
        }
        Optional<String> before = names.putIfAbsent(address, Optional.empty());
        if (before == null) {
            resolver.execute(() -> resolve(address));
            return Optional.empty();
        }
        return before;
    }

    private void resolve(String address) {
        try {
            String name = InetAddress.getByName(address).getCanonicalHostName();
            // Whoever owns an address chooses its name: nothing that a terminal would obey is shown.
            if (!name.equals(address) && PLAIN.matcher(name).matches()) {
                names.put(address, Optional.of(name));
            }
        } catch (UnknownHostException e) {
            // An address that has no name is shown as it is.
        }
    }

    /** The address, with its name if that is known. */
    String text(String address) {
        return known(address).map(name -> name + " (" + address + ")").orElse(address);
    }

    /** Waits for the names that were asked for, for some seconds at most. */
    void await() throws InterruptedException {
        resolver.shutdown();
        resolver.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        resolver.shutdownNow();
    }
}
