package io.github.natexd.daemon;

import java.util.concurrent.TimeUnit;

/**
 * What natexd tells the service manager about itself: the state it is in, and the line that {@code systemctl status}
 * shows, put together from what the parts of the daemon say. For any thread.
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
    private String told = "";

    Status(Notify notify) {
        this.notify = notify;
    }

    /** @param said where the guests are, or what is being waited for */
    synchronized void guestNetwork(boolean up, String said) {
        guestNetworkUp = up;
        guestNetwork = said;
        tell();
    }

    /** @param said why the rules are not in; empty: they are */
    synchronized void rules(String said) {
        rulesTrouble = firstLine(said);
        tell();
    }

    /** Errors delivered to guests so far. */
    synchronized void relayed(long count) {
        relayed = count;
        tell();
    }

    synchronized void ready() {
        if (phase == Phase.STOPPING) {
            return;
        }
        phase = Phase.RUNNING;
        told = text();
        notify.send("READY=1\nSTATUS=" + told);
    }

    /** To be followed by {@link #reloaded} or {@link #reloadRefused}. */
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

    synchronized void reloadRefused(String said) {
        reloadTrouble = firstLine(said);
        ready();
    }

    synchronized void stopping() {
        phase = Phase.STOPPING;
        notify.send("STOPPING=1\nSTATUS=stopping: removing the rules");
    }

    private void tell() {
        if (phase == Phase.STOPPING || phase == Phase.RELOADING) {
            return;
        }
        String text = text();
        if (!text.equals(told)) {
            told = text;
            notify.send("STATUS=" + text);
        }
    }

    synchronized String text() {
        String text;
        if (!rulesTrouble.isEmpty()) {
            text = "the rules are not as they should be: " + rulesTrouble;
        } else if (!guestNetworkUp) {
            text = guestNetwork;
        } else if (phase == Phase.STARTING) {
            text = "loading the rules; " + guestNetwork;
        } else {
            text = "relaying ICMP errors, " + relayed + " so far; " + guestNetwork;
        }
        return reloadTrouble.isEmpty() ? text : text + "; the last reload was refused: " + reloadTrouble;
    }

    private static String firstLine(String said) {
        return said.lines().findFirst().orElse("");
    }
}
