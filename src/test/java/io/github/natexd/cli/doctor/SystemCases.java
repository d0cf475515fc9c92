package io.github.natexd.cli.doctor;

import static io.github.natexd.cli.doctor.CheckCase.unknown;
import static io.github.natexd.cli.doctor.CheckCase.well;
import static io.github.natexd.cli.doctor.CheckCase.wrong;

import io.github.natexd.cli.doctor.Facts.Caller;
import io.github.natexd.cli.doctor.Facts.Kernel;
import io.github.natexd.cli.doctor.Facts.Programs;
import io.github.natexd.linux.netfilter.Packages;
import java.util.List;
import java.util.Optional;

/** The kernel, the libraries and the caller. */
final class SystemCases {
    private SystemCases() {}

    static List<CheckCase> cases() {
        return List.of(
                wrong(
                        "library missing",
                        Check.LIBRARY,
                        facts -> facts.programs = programs("load libnetfilter_queue.so.1: ENOENT", true, true),
                        "libnetfilter_queue.so.1",
                        "install it: sudo apt install libnetfilter-queue1"),
                wrong(
                        "none",
                        Check.KERNEL_QUEUE,
                        facts -> facts.kernel = kernel("nyyy"),
                        "built without",
                        "stock kernels"),
                unknown(
                        "unseen",
                        Check.KERNEL_QUEUE,
                        facts -> facts.kernel = kernel("?yyy"),
                        "NFQUEUE",
                        "its log says so"),
                wrong("none", Check.KERNEL_LOG, facts -> facts.kernel = kernel("ynyy"), "no NFLOG", "stock kernels"),
                unknown("unseen", Check.KERNEL_LOG, facts -> facts.kernel = kernel("y?yy"), "NFLOG", "its log says so"),
                well("fallback", Check.KERNEL_RULE, facts -> facts.kernel = kernel("yyny"), "through iptables-nft"),
                well(
                        "unseen, but the fallback is there",
                        Check.KERNEL_RULE,
                        facts -> facts.kernel = kernel("yy?y"),
                        "iptables-nft"),
                wrong(
                        "neither",
                        Check.KERNEL_RULE,
                        facts -> facts.kernel = kernel("yynn"),
                        "no NFQUEUE target either",
                        "stock"),
                unknown(
                        "unseen",
                        Check.KERNEL_RULE,
                        facts -> facts.kernel = kernel("yy??"),
                        "queue statement",
                        "its log says whether"),
                wrong(
                        "fallback without its program",
                        Check.KERNEL_RULE,
                        facts -> {
                            facts.kernel = kernel("yyny");
                            facts.programs = programs("", true, false);
                        },
                        "iptables-nft, which is missing",
                        "install it: sudo apt install iptables"),
                wrong(
                        "nft missing",
                        Check.KERNEL_RULE,
                        facts -> facts.programs = programs("", false, true),
                        "nft is missing",
                        "install it: sudo apt install nftables"),
                unknown("not root", Check.CALLER, facts -> facts.caller = new Caller(1000, 0), "not root", "sudo"),
                unknown(
                        "root in a container",
                        Check.CALLER,
                        facts -> facts.caller = new Caller(0, 1L << 13),
                        "without CAP_NET_ADMIN",
                        "--cap-add NET_ADMIN"));
    }

    static Programs programs(String trouble, boolean nft, boolean iptables) {
        return new Programs(
                Packages.APT,
                Optional.of(trouble).filter(text -> !text.isEmpty()),
                Optional.of("nftables v1.0.6").filter(text -> nft),
                Optional.of("iptables v1.8.9 (nf_tables)").filter(text -> iptables));
    }

    /** One letter each for queue, log, statement and target: y, n or ?. */
    private static Kernel kernel(String letters) {
        var features = letters.chars()
                .mapToObj(letter ->
                        letter == 'y' ? HealthyFacts.THERE : letter == 'n' ? HealthyFacts.MISSING : HealthyFacts.UNSEEN)
                .toList();
        return new Kernel(features.get(0), features.get(1), features.get(2), features.get(3));
    }
}
