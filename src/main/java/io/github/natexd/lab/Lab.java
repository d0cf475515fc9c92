package io.github.natexd.lab;

import io.github.natexd.lab.LabOptions.Router;
import io.github.natexd.linux.emulation.Namespace;
import io.github.natexd.linux.emulation.Tap;
import io.github.natexd.linux.libc.EventFd;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A throw-away VMware NAT network ({@link Topology} draws it): namespaces, wires, the hub and the NAT process. The
 * latter two run in a thread of the calling process. {@link #close} removes everything; after a crash, {@link #down}
 * does.
 */
public final class Lab implements AutoCloseable {
    /** The result of a command; {@code output} is both output streams in one text. */
    public record Result(int exitCode, String output) {}

    /** A prefix for a command: runs it as nobody, without any capability. */
    public static final List<String> UNPRIVILEGED =
            List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups");

    private static final Duration COMMAND_LIMIT = Duration.ofSeconds(90);
    private static final long JOIN_MILLIS = 5000;

    private final LabState state;
    private LabOptions options;
    private @Nullable Tap hostTap;
    private final List<Tap> guestTaps = new ArrayList<>();
    private final ConcurrentLinkedQueue<Process> started = new ConcurrentLinkedQueue<>();
    private final Thread hook = new Thread(this::close, "lab clean-up");
    private @Nullable Thread hub;
    private @Nullable EventFd hubStop;
    private final Map<Node, Router> routerKinds = new EnumMap<>(Node.class);
    private final Map<Node, OddRouter> routers = new EnumMap<>(Node.class);
    private boolean closed;

    private Lab(LabState state, LabOptions options) {
        this.state = state;
        this.options = options;
    }

    /** Builds a lab with a unique name. */
    public static Lab up(LabOptions options) {
        return up(uniqueName(), options);
    }

    /** @throws IllegalStateException if a lab of this name exists, or if the caller is not root */
    public static Lab up(String name, LabOptions options) {
        LabState state = new LabState(name);
        state.create();
        Lab lab = new Lab(state, options);
        Runtime.getRuntime().addShutdownHook(lab.hook);
        try {
            lab.build();
            return lab;
        } catch (RuntimeException e) {
            lab.close();
            throw e;
        }
    }

    /** A unique name from the process id and, for several labs in one process, a random number. */
    public static String uniqueName() {
        return "%d-%04x"
                .formatted(
                        ProcessHandle.current().pid(),
                        ThreadLocalRandom.current().nextInt(0x10000));
    }

    /** The names of the labs that are up or that a crash left behind. */
    public static List<String> names() {
        return LabState.names();
    }

    /** Whether anything of a lab of this name exists: its state or a namespace. */
    public static boolean exists(String name) {
        LabState state = new LabState(name);
        return state.exists() || !state.namespaces().isEmpty();
    }

    /** Removes a lab, even if another process runs it: its processes, its namespaces, its state. */
    public static void down(String name) {
        LabState.requireRoot();
        new LabState(name).remove();
    }

    /** The namespace of a node in the lab of this name. */
    public static String namespace(String labName, Node node) {
        return new LabState(labName).namespace(node);
    }

    /** A prefix for a command: runs it inside a node. */
    public static List<String> inside(String labName, Node node) {
        return List.of("nsenter", "--net=" + Namespace.DIRECTORY + namespace(labName, node));
    }

    private void build() {
        StringBuilder batch = new StringBuilder();
        for (Node node : Node.values()) {
            if (isHere(node)) {
                batch.append("netns attach %s %d\n"
                        .formatted(
                                state.namespace(node), ProcessHandle.current().pid()));
            } else {
                batch.append("netns add ").append(state.namespace(node)).append('\n');
            }
        }
        Shell.run(batch.toString(), "ip", "-batch", "-");
        for (Node node : Node.values()) {
            if (!isHere(node)) {
                Topology.prepare(state, node);
            }
        }
        Topology.link(state, options.pathMtu());
        Tap host = tap(Node.HOST, Topology.GUEST_NETWORK_INTERFACE);
        hostTap = host;
        guestTaps.add(tap(Node.GUEST1, Topology.GUEST_INTERFACE));
        guestTaps.add(tap(Node.GUEST2, Topology.GUEST_INTERFACE));
        for (Node node : Node.values()) {
            Topology.configure(state, node, isHere(node));
        }
        startHub(host);
        router(options.router());
    }

    private boolean isHere(Node node) {
        return node == Node.HOST && options.hostHere();
    }

    private Tap tap(Node node, String interfaceName) {
        return Namespace.call(state.namespace(node), () -> Tap.open(interfaceName));
    }

    private void startHub(Tap host) {
        LabOptions behaviour = options;
        EventFd stop = new EventFd();
        hubStop = stop;
        CompletableFuture<Boolean> ready = new CompletableFuture<>();
        hub = Namespace.start(state.namespace(Node.HOST), "hub of lab " + state.name(), () -> {
            try (Hub served = new Hub(behaviour, host, guestTaps, stop)) {
                ready.complete(true);
                served.run();
            } catch (RuntimeException e) {
                if (!ready.completeExceptionally(e)) {
                    throw e;
                }
            }
        });
        ready.join();
    }

    public String name() {
        return state.name();
    }

    public synchronized LabOptions options() {
        return options;
    }

    public String namespace(Node node) {
        return state.namespace(node);
    }

    /** A directory that is removed with the lab. */
    public Path directory() {
        return state.directory();
    }

    /** Replaces the NAT process with a new one, which has no mapping yet; interfaces stay as they are. */
    public synchronized void nat(LabOptions changed) {
        stopHub();
        options = changed;
        startHub(Objects.requireNonNull(hostTap));
    }

    /** Restarts VMware's network service: vmnet8 is recreated with another index, and the NAT process is a new one. */
    public synchronized void restartNetwork(LabOptions changed) {
        stopHub();
        options = changed;
        Objects.requireNonNull(hostTap).close();
        Tap host = tap(Node.HOST, Topology.GUEST_NETWORK_INTERFACE);
        hostTap = host;
        Topology.configureGuestNetwork(state);
        startHub(host);
    }

    /** Changes how r2 responds, while the lab is up. */
    public void router(Router kind) {
        router(Node.R2, kind);
    }

    /** Changes how a router responds, while the lab is up. */
    public synchronized void router(Node node, Router kind) {
        OddRouter before = routers.remove(node);
        if (before != null) {
            before.close();
        }
        routerKinds.put(node, kind);
        if (kind != Router.KERNEL) {
            routers.put(node, new OddRouter(state.name(), node, kind));
        }
    }

    /** Changes the MTU between r3 and r4, while the lab is up; path MTUs that machines have learned stay cached. */
    public void pathMtu(int octets) {
        Topology.pathMtu(state, octets);
    }

    /** What a correct {@code traceroute -n} in a guest shows, hop by hop; a hop that cannot respond is {@code *}. */
    public synchronized List<String> hops() {
        List<String> hops = new ArrayList<>(Topology.HOPS);
        routerKinds.forEach((node, kind) -> {
            int hop = node.ordinal() - Node.R1.ordinal();
            if (kind == Router.SILENT || kind == Router.PRIVATE) {
                hops.set(hop, kind == Router.SILENT ? "*" : Topology.PRIVATE_ROUTER);
            }
        });
        if (options().decrementTtl()) {
            hops.add(0, "*");
        }
        if (options().answerTtlOne()) {
            hops.set(0, Topology.GATEWAY);
        }
        return List.copyOf(hops);
    }

    /** Runs a command inside a node, and waits for its end. */
    public Result exec(Node node, String... command) {
        return exec(node, List.of(command));
    }

    public Result exec(Node node, List<String> command) {
        return Shell.result(null, COMMAND_LIMIT, commandIn(node, command));
    }

    /**
     * Starts a command inside a node; {@link #close} ends it. Both outputs are one stream, which the caller must read.
     */
    public Process start(Node node, String... command) {
        return start(node, new ProcessBuilder(List.of(command)).redirectErrorStream(true));
    }

    /** Starts the command of {@code builder} inside a node. */
    public Process start(Node node, ProcessBuilder builder) {
        try {
            Process process =
                    builder.command(commandIn(node, builder.command())).start();
            started.add(process);
            return process;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> commandIn(Node node, List<String> command) {
        List<String> whole = new ArrayList<>(inside(state.name(), node));
        whole.addAll(command);
        return whole;
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
                // The process is ending; the hook finds nothing left to do.
            }
        }
        started.forEach(Process::destroy);
        List.copyOf(routers.keySet()).forEach(node -> router(node, Router.KERNEL));
        stopHub();
        Stream.concat(Stream.ofNullable(hostTap), guestTaps.stream()).forEach(Tap::close);
        state.remove();
    }

    private void stopHub() {
        EventFd stop = hubStop;
        Thread thread = hub;
        if (stop == null || thread == null) {
            return;
        }
        stop.signal();
        try {
            thread.join(JOIN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        stop.close();
        hubStop = null;
        hub = null;
    }
}
