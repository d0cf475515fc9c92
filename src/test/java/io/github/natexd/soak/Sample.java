package io.github.natexd.soak;

import java.util.Locale;

/** What was seen of natexd and the kernel at one moment of rest: nothing sends, and no client is connected. */
record Sample(Usage usage, Kernel kernel, Decisions decisions, boolean traceComplete) {

    /**
     * What the process holds.
     *
     * @param threads without those of the compilers and those that wait for children: the Java machine starts and ends
     *     them as it needs them
     * @param children programs that natexd has started and not reaped
     */
    record Usage(long residentKib, int descriptors, int threads, int children) {}

    /**
     * The kernel's counters.
     *
     * @param numbered errors that the queue has given a number, from /proc/net/netfilter/nfnetlink_queue
     * @param waiting errors in the queue without a verdict, from there
     * @param lost errors that the queue has dropped, from there
     * @param before errors in front of the queue, from an nft counter
     * @param after errors behind the queue, from an nft counter
     */
    record Kernel(long numbered, long waiting, long lost, long before, long after) {}

    /**
     * natexd's own counters.
     *
     * @param decided errors with a reason
     * @param moved those with the verdict DROP
     * @param broken internal errors
     * @param overflows numbered errors that natexd never received because its socket was full
     * @param unseen leaving probes that natexd never received
     */
    record Decisions(long decided, long moved, long broken, long overflows, long unseen, int mappings) {}

    static final String HEAD =
            "minute  RSS KiB  files  threads  mappings   errors    moved   bypassed  overflows   unseen  trace";

    String row(int minute) {
        return String.format(
                Locale.ROOT,
                "%6d %8d %6d %8d %9d %8d %8d %10d %10d %8d  %s",
                minute,
                usage.residentKib,
                usage.descriptors,
                usage.threads,
                decisions.mappings,
                decisions.decided,
                decisions.moved,
                kernel.before - kernel.numbered,
                decisions.overflows,
                decisions.unseen,
                traceComplete ? "complete" : "INCOMPLETE");
    }
}
