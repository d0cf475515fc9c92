package io.github.natexd.cli.paths;

/** What became of one guest's probes, on all its paths together. */
final class Guest {
    private String mac = "";
    private long firstMicros;
    private long lastMicros;
    private int moved;
    private int copied;
    private int withoutNatexd;
    private final Balance balance = new Balance();

    void sent(String itsMac, long micros) {
        mac = itsMac;
        firstMicros = balance.sentProbes() == 0 ? micros : firstMicros;
        lastMicros = micros;
        balance.sent();
    }

    /** An answer to a probe that is still awaited, or was already given up. */
    void answered(Event.Answer answer, boolean awaited) {
        balance.answered(awaited);
        if (answer.reason().equals("RELAYED")) {
            moved++;
        } else if (answer.reason().isEmpty()) {
            withoutNatexd++;
        } else {
            copied++;
        }
    }

    Balance balance() {
        return balance;
    }

    String mac() {
        return mac;
    }

    /** When its first probe was seen: microseconds since 1970. */
    long firstMicros() {
        return firstMicros;
    }

    long lastMicros() {
        return lastMicros;
    }

    /** Probes about which natexd moved an error to the guest. */
    int moved() {
        return moved;
    }

    /** Probes about which natexd gave the guest a copy of an error. */
    int copied() {
        return copied;
    }

    /** Probes that the target or the NAT process answered without natexd. */
    int withoutNatexd() {
        return withoutNatexd;
    }
}
