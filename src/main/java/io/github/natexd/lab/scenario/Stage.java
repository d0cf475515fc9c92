package io.github.natexd.lab.scenario;

import io.github.natexd.lab.Lab;
import io.github.natexd.lab.LabState;
import io.github.natexd.lab.Shell;
import io.github.natexd.linux.emulation.FrameSocket;
import io.github.natexd.linux.emulation.Namespace;
import io.github.natexd.linux.emulation.Tap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Where a scenario plays: network namespaces under a name of their own, and what works in them. {@link #close} leaves
 * nothing, and neither does Ctrl-C; after a crash {@code natexctl lab down} removes the namespaces.
 */
public final class Stage implements AutoCloseable {
    private static final long LOOK_MILLIS = 5;

    /** Settings of each node, whatever the machine's own defaults are. */
    private static final List<List<String>> SETTINGS = List.of(
            List.of("ipv4/icmp_ratelimit", "0"),
            List.of("ipv4/icmp_ratemask", "0"),
            List.of("ipv4/ping_group_range", "0 2147483647"),
            List.of("ipv4/ip_forward", "0"),
            List.of("ipv4/conf/all/rp_filter", "0"),
            List.of("ipv4/conf/default/rp_filter", "0"),
            List.of("ipv6/conf/all/disable_ipv6", "1"),
            List.of("ipv6/conf/default/disable_ipv6", "1"));

    private final LabState state;
    private final @Nullable Path captures;
    private final String prefix;
    private final List<String> namespaces = new ArrayList<>();
    private final List<Path> files = new ArrayList<>();
    private final List<Worker> workers = new ArrayList<>();
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final Thread hook = new Thread(this::close, "scenario clean-up");
    private boolean closed;

    private Stage(LabState state, String prefix, @Nullable Path captures) {
        this.state = state;
        this.prefix = prefix;
        this.captures = captures;
    }

    /**
     * Takes a name for a scenario. There is no namespace yet.
     *
     * @param captures an existing directory for a capture of each interface; null for none
     * @throws IllegalStateException without root's rights
     */
    public static Stage open(Scenario scenario, @Nullable Path captures) {
        LabState state = new LabState(Lab.uniqueName());
        state.create();
        Stage stage = new Stage(state, scenario.name(), captures);
        Runtime.getRuntime().addShutdownHook(stage.hook);
        return stage;
    }

    /** The name under which {@code natexctl lab down} knows it. */
    public String name() {
        return state.name();
    }

    /** The captures that are written. */
    public List<Path> captures() {
        return List.copyOf(files);
    }

    /** The namespaces of its nodes. */
    public List<String> namespaces() {
        return List.copyOf(namespaces);
    }

    /** The namespace of a node. */
    public String namespace(String node) {
        return state.namespace(node);
    }

    void nodes(String... nodes) {
        StringBuilder batch = new StringBuilder();
        for (String node : nodes) {
            namespaces.add(namespace(node));
            batch.append("netns add ").append(namespace(node)).append('\n');
        }
        Shell.run(batch.toString(), "ip", "-batch", "-");
        for (String node : nodes) {
            SETTINGS.forEach(setting -> set(node, setting.get(0), setting.get(1)));
        }
    }

    /** A wire between interfaces {@code eth0} of one node and another, for example. */
    void wire(String node, String end, String otherNode, String otherEnd) {
        ip(node, "link add %s type veth peer name %s netns %s\n".formatted(end, otherEnd, namespace(otherNode)));
    }

    /** Runs commands of ip(8), one in each line, in a node. */
    void ip(String node, String commands) {
        Shell.run(commands, "ip", "-n", namespace(node), "-batch", "-");
    }

    /** Runs a command in a node and returns its output. */
    String run(String node, @Nullable String input, String... command) {
        List<String> whole = new ArrayList<>(List.of("nsenter", "--net=" + Namespace.DIRECTORY + namespace(node)));
        whole.addAll(List.of(command));
        return Shell.run(input, whole.toArray(String[]::new));
    }

    /** {@code /proc/sys/net} shows the namespace of the thread that opens the file. */
    void set(String node, String key, String value) {
        in(node, () -> {
            Path file = Path.of("/proc/sys/net", key);
            if (Files.exists(file)) {
                Files.writeString(file, value);
            }
            return file;
        });
    }

    <T> T in(String node, Callable<T> task) {
        return Namespace.call(namespace(node), task);
    }

    /** Opens something in a node; it is closed with the stage, after all that was opened later. */
    <T extends AutoCloseable> T open(String node, Callable<T> opener) {
        return own(in(node, opener));
    }

    Tap tap(String node, String interfaceName) {
        return open(node, () -> Tap.open(interfaceName));
    }

    Tap tun(String node, String interfaceName) {
        return open(node, () -> Tap.openTun(interfaceName));
    }

    FrameSocket frames(String node, String interfaceName) {
        return open(node, () -> FrameSocket.on(interfaceName));
    }

    <T extends AutoCloseable> T own(T resource) {
        opened.push(resource);
        return resource;
    }

    /** Lets a part work in a node until the stage or the worker is closed. */
    Worker start(String node, String what, Worker.Part part) {
        Worker worker = own(new Worker(namespace(node), what, part));
        workers.add(worker);
        return worker;
    }

    /** Captures an interface from now on, if captures were asked for. */
    void capture(String node, String interfaceName, int linkType) {
        if (captures == null) {
            return;
        }
        Path file = captures.resolve("%s-%s-%s.pcap".formatted(prefix, node, interfaceName));
        try {
            PcapFile pcap = PcapFile.create(file, linkType);
            files.add(file);
            start(node, "capture of " + interfaceName, new Capture(frames(node, interfaceName), own(pcap)));
        } catch (IOException e) {
            throw new UncheckedIOException("write " + file, e);
        }
    }

    /** Waits until something is so; returns whether it is. */
    boolean await(long millis, BooleanSupplier condition) {
        long end = System.nanoTime() + millis * 1_000_000;
        while (!condition.getAsBoolean()) {
            workers.forEach(Worker::check);
            if (System.nanoTime() - end >= 0) {
                return false;
            }
            pause(LOOK_MILLIS);
        }
        return true;
    }

    static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (Thread.currentThread() != hook) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // The process is ending, and the hook will find that all is done.
            }
        }
        List<Exception> failures = new ArrayList<>();
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception e) {
                failures.add(e);
            }
        }
        state.remove();
        if (!failures.isEmpty()) {
            throw new IllegalStateException("clean up after a scenario: " + failures, failures.get(0));
        }
    }
}
