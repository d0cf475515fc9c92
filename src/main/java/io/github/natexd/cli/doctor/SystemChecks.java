package io.github.natexd.cli.doctor;

import io.github.natexd.cli.doctor.KernelFeatures.Feature;
import io.github.natexd.cli.doctor.KernelFeatures.Presence;

/** The kernel, the libraries, and what the caller may see. */
final class SystemChecks {
    /** Numbers of linux/capability.h. */
    static final long NET_ADMIN = 1L << 12;

    static final long NET_RAW = 1L << 13;

    private static final String OTHER_KERNEL =
            "boot a kernel that has it: the stock kernels of Debian, Ubuntu and Fedora have it (for a container, boot it on the host)";

    private SystemChecks() {}

    static Diagnosis library(Facts facts) {
        return facts.programs()
                .libraryTrouble()
                .map(trouble ->
                        Diagnosis.wrong(trouble, facts.programs().manager().installQueueLibrary()))
                .orElseGet(() -> Diagnosis.ok("libnetfilter_queue.so.1 can be loaded"));
    }

    static Diagnosis kernelQueue(Facts facts) {
        return feature(facts.kernel().queue(), "NFQUEUE");
    }

    static Diagnosis kernelLog(Facts facts) {
        return feature(facts.kernel().log(), "NFLOG");
    }

    private static Diagnosis feature(Feature feature, String name) {
        return switch (feature.presence()) {
            case YES -> Diagnosis.ok(name + ": " + feature.evidence());
            case NO -> Diagnosis.wrong("no " + name + ": " + feature.evidence(), OTHER_KERNEL);
            case UNKNOWN ->
                Diagnosis.unknown(
                        name + ": " + feature.evidence(), "start natexd; if the kernel lacks it, its log says so");
        };
    }

    /** Either of two is enough: nft's own statement, or the target of iptables as a front end of nftables. */
    static Diagnosis kernelRule(Facts facts) {
        if (facts.programs().nft().isEmpty()) {
            return Diagnosis.wrong(
                    "the program nft is missing", facts.programs().manager().installNft());
        }
        Feature statement = facts.kernel().statement();
        Feature target = facts.kernel().target();
        if (statement.presence() == Presence.YES) {
            return Diagnosis.ok("nft's own queue statement: " + statement.evidence());
        }
        boolean program = facts.programs().iptables().isPresent();
        if (target.presence() == Presence.YES && program) {
            return Diagnosis.ok("the NFQUEUE target through iptables-nft: " + target.evidence());
        }
        if (statement.presence() == Presence.UNKNOWN || (target.presence() == Presence.UNKNOWN && program)) {
            return Diagnosis.unknown(
                    "nft's queue statement: " + statement.evidence(),
                    "start natexd; its log says whether and how it could load the rule");
        }
        String lacking = "no queue statement for nft: " + statement.evidence();
        return target.presence() == Presence.NO
                ? Diagnosis.wrong(lacking + "; no NFQUEUE target either: " + target.evidence(), OTHER_KERNEL)
                : Diagnosis.wrong(
                        lacking + "; the NFQUEUE target needs iptables-nft, which is missing",
                        facts.programs().manager().installIptables());
    }

    static Diagnosis caller(Facts facts) {
        Facts.Caller caller = facts.caller();
        if (caller.userId() != 0) {
            return Diagnosis.unknown(
                    "not root: doctor cannot see who owns the queue and what the packet filter does",
                    Diagnosis.AS_ROOT);
        }
        return (caller.capabilities() & NET_ADMIN) != 0
                ? Diagnosis.ok("root, with CAP_NET_ADMIN")
                : Diagnosis.unknown(
                        "root without CAP_NET_ADMIN: doctor cannot see what the packet filter does",
                        "in a container: docker run --cap-add NET_ADMIN --cap-add NET_RAW");
    }
}
