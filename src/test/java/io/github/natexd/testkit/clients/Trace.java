package io.github.natexd.testkit.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.lab.Lab;
import io.github.natexd.lab.Node;
import io.github.natexd.lab.Traceroute;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** A run of a client, which can run in parallel with others. */
public final class Trace {
    private final CompletableFuture<String> output;

    private Trace(CompletableFuture<String> output) {
        this.output = output;
    }

    public static Trace start(Lab lab, Node node, Client client) {
        return start(lab, node, client.command());
    }

    /**
     * Runs on the host as nobody: if the NAT rewrites both ports and IP IDs, only the sender's user distinguishes a
     * probe of the host from one of the NAT.
     */
    public static Trace startUnprivileged(Lab lab, Node node, Client client) {
        List<String> command = new java.util.ArrayList<>(Lab.UNPRIVILEGED);
        command.addAll(client.command());
        return start(lab, node, command);
    }

    public static Trace start(Lab lab, Node node, List<String> command) {
        return new Trace(CompletableFuture.supplyAsync(
                () -> lab.exec(node, command).output(), task -> new Thread(task, "trace").start()));
    }

    /** Waits for its end and compares. */
    public void shows(List<String> hops, String story) {
        String text = output.join();
        assertEquals(hops, Traceroute.hops(text), () -> story + ":\n" + text);
    }

    /** Like {@link #shows}, and every probe must have a response. */
    public void showsAll(List<String> hops, Supplier<String> story) {
        String text = output.join();
        assertEquals(hops, Readings.hops(text), () -> story.get() + ":\n" + text);
    }

    /** Like {@link #shows}, but allows stars; returns whether there are none. */
    public boolean showsAtMost(List<String> hops, String story) {
        String text = output.join();
        List<String> seen = Traceroute.hops(text);
        for (int i = 0; i < seen.size(); i++) {
            // After a star for the target a client continues, and the target responds again.
            String expected = hops.get(Math.min(i, hops.size() - 1));
            assertTrue(
                    List.of("*", expected).contains(seen.get(i)),
                    () -> story + ", expected at most " + hops + ":\n" + text);
        }
        return seen.equals(hops);
    }

    public String output() {
        return output.join();
    }
}
