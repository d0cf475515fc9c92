package io.github.natexd.cli.doctor;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** What doctor checks, in the order in which one thing depends on another. */
enum Check {
    CONFIGURATION("the configuration is valid", DaemonChecks::configuration),
    LIBRARY("libnetfilter_queue is installed", SystemChecks::library),
    KERNEL_QUEUE("the kernel can queue packets to programs", SystemChecks::kernelQueue),
    KERNEL_LOG("the kernel can log packets to programs", SystemChecks::kernelLog),
    KERNEL_RULE("a rule can queue packets", SystemChecks::kernelRule),
    CALLER("doctor can see everything", SystemChecks::caller),
    VMWARE("VMware's NAT network is known", NetworkChecks::vmware),
    INTERFACE("the guest network is up", NetworkChecks::networkInterface),
    DAEMON("natexd runs", DaemonChecks::daemon),
    CONTROL("natexd responds", DaemonChecks::control),
    SERVICE("the service is active and enabled", DaemonChecks::service),
    CAPABILITIES("natexd has its capabilities", DaemonChecks::capabilities),
    PROMISCUOUS("natexd sees the packets of all guests", NetworkChecks::promiscuous),
    RULES("the rules are loaded and complete", RulesChecks::rules),
    COUNTERS("the rules have matched packets", RulesChecks::counters),
    QUEUE("the queue is natexd's", RulesChecks::queue),
    LOG_GROUP("the log group is natexd's", RulesChecks::logGroup),
    FIREWALL("no other rule drops ICMP errors first", NetworkChecks::firewall),
    FORWARDING("the kernel forwards what natexd rewrote", NetworkChecks::forwarding),
    HEALTH("natexd reports no problem", DaemonChecks::health),
    KEEPALIVE("keepalives are as configured", KeepaliveChecks::keepalive),
    GUESTS("guests are seen", NatChecks::guests),
    MAX_TTL("the TTLs of the probes that natexd follows", NatChecks::maxTtl),
    NAT_TTL("the NAT process and the TTL", NatChecks::ttl),
    NAT_IDENTIFICATION("the NAT process and the IP ID", NatChecks::identification),
    NAT_PORTS("the NAT process and ports", NatChecks::ports),
    NAT_LEAVING("the NAT process and the host's stack", NatChecks::leaving),
    NAT_ERRORS("the NAT process and ICMP errors", NatChecks::errors);

    private final String title;
    private final Function<Facts, Diagnosis> judge;

    Check(String title, Function<Facts, Diagnosis> judge) {
        this.title = title;
        this.judge = judge;
    }

    /** As printed in JSON and rows: {@code nat-ttl}. */
    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    DoctorFinding judge(Facts facts) {
        Diagnosis diagnosis = judge.apply(facts);
        return new DoctorFinding(word(), title, diagnosis.state(), diagnosis.why(), diagnosis.fix());
    }

    static List<DoctorFinding> all(Facts facts) {
        return Arrays.stream(values()).map(check -> check.judge(facts)).toList();
    }
}
