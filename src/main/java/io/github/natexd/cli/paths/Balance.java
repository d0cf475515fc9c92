package io.github.natexd.cli.paths;

/** How many probes were sent, answered, and are still waiting for an answer. */
final class Balance {
    private int sent;
    private int answered;
    private int waiting;

    void sent() {
        sent++;
        waiting++;
    }

    /** An answer to a probe that is still awaited, or was already given up. */
    void answered(boolean awaited) {
        answered++;
        waiting -= awaited ? 1 : 0;
    }

    /** No answer to a probe is awaited any more. */
    void givenUp() {
        waiting--;
    }

    int sentProbes() {
        return sent;
    }

    int answeredProbes() {
        return answered;
    }

    /** Probes whose answer may still come. */
    int waitingProbes() {
        return waiting;
    }

    int lostProbes() {
        return sent - answered - waiting;
    }
}
