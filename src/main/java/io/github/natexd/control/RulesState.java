package io.github.natexd.control;

/** What is known about the packet filter rules. */
public enum RulesState {
    /** Loaded by natexd, and watched since. */
    LOADED,
    /** Not loaded yet: the guest network's name is not known, or the rules script runs. */
    PENDING,
    /** Not loaded until the kernel forwards IPv4, which {@code relay.reinject = "verdict"} needs. */
    WAITING,
    /** They could not be loaded or restored. */
    FAILED,
    /** {@code rules.manage = false}: somebody else has loaded them, and they are complete. */
    UNMANAGED,
    /** {@code rules.manage = false}, and they are absent or have other values than the configuration. */
    MISSING
}
