package io.github.natexd.control;

/** What is known about the packet filter rules. */
public enum RulesState {
    /** Loaded by natexd, and watched since. */
    LOADED,
    /** Not loaded yet: the guest network's name is not known, or the rule script runs. */
    PENDING,
    /** They could not be loaded or restored. */
    FAILED,
    /** {@code rules.manage = false}: somebody else loads them. */
    UNMANAGED
}
