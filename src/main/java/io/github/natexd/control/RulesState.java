package io.github.natexd.control;

/** The state of the packet filter rules, as far as natexd knows it. */
public enum RulesState {
    /** natexd has loaded them, and watches them. */
    LOADED,
    /** Not loaded yet: the guest network's name is not known, or the rules script is still running. */
    PENDING,
    /** Not loaded until the kernel forwards IPv4, which {@code relay.reinject = "verdict"} needs. */
    WAITING,
    /** They could not be loaded or restored. */
    FAILED,
    /** {@code rules.manage = false}: the rules were loaded without natexd, and are complete. */
    UNMANAGED,
    /** {@code rules.manage = false}, and the rules are absent or differ from the configuration. */
    MISSING
}
