package io.github.natexd.daemon;

import java.util.concurrent.TimeUnit;

/**
 * Reports natexd's state to the service manager, and the line that {@code systemctl status} shows, assembled from the
 * reports of the daemon's parts. For any thread.
 */
final class Status {
    private enum Phase {
        STARTING,
        RUNNING,
        RELOADING,
        STOPPING
    }

    private final Notify notify;
    private Phase phase = Phase.STARTING;
    private String guestNetwork = "looking for the guest network";
    private boolean guestNetworkUp;
    private String rulesTrouble = "";
    private String reloadTrouble = "";
    private long relayed;
    private String sent = "";

    Status(Notify notify) {
        this.notify = notify;
    }

    /** @param report the guest network, or what natexd waits for */
    synchronized void guestNetwork(boolean up, String report) {
        guestNetworkUp = up;
        guestNetwork = report;
        send();
    }

    /** @param trouble why the rules are not loaded; empty: they are loaded */
    synchronized void rules(String trouble) {
        rulesTrouble = firstLine(trouble);
        send();
    }

    /** Errors delivered to guests so far. */
    synchronized void relayed(long count) {
        relayed = count;
        send();
    }

    synchronized void ready() {
        if (phase == Phase.STOPPING) {
            return;
        }
        phase = Phase.RUNNING;
        sent = text();
        notify.send("READY=1\nSTATUS=" + sent);
    }

    /** The caller then calls {@link #reloaded} or {@link #reloadRefused}. */
    synchronized void reloading() {
        if (phase == Phase.STOPPING) {
            return;
        }
        phase = Phase.RELOADING;
        // The service manager wants CLOCK_MONOTONIC, which is what nanoTime reads on Linux.
        long micros = TimeUnit.NANOSECONDS.toMicros(System.nanoTime());
        notify.send("RELOADING=1\nMONOTONIC_USEC=" + micros + "\nSTATUS=reading the configuration again");
    }

    synchronized void reloaded() {
        reloadTrouble = "";
        ready();
    }

    synchronized void reloadRefused(String cause) {
        reloadTrouble = firstLine(cause);
        ready();
    }

    synchronized void stopping() {
        phase = Phase.STOPPING;
        notify.send("STOPPING=1\nSTATUS=stopping: removing the rules");
    }

    private void send() {
        if (phase == Phase.STOPPING || phase == Phase.RELOADING) {
            return;
        }
        String text = text();
        if (!text.equals(sent)) {
            sent = text;
            notify.send("STATUS=" + text);
        }
    }

    synchronized String text() {
        String text;
        if (!rulesTrouble.isEmpty()) {
            text = "the rules are missing or incomplete: " + rulesTrouble;
        } else if (!guestNetworkUp) {
            text = guestNetwork;
        } else if (phase == Phase.STARTING) {
            text = "loading the rules; " + guestNetwork;
        } else {
            text = "relaying ICMP errors, " + relayed + " so far; " + guestNetwork;
        }
        return reloadTrouble.isEmpty() ? text : text + "; the last reload was refused: " + reloadTrouble;
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("");
    }
}
