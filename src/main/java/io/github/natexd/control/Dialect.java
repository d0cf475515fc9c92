package io.github.natexd.control;

/** What server and client agree on; src/site/markdown/control.md tells it to others. */
final class Dialect {
    /** Grows when a field changes its meaning or goes; new fields may come without. */
    static final int VERSION = 1;

    /** The longest request, without its LF. */
    static final int REQUEST_MAX_OCTETS = 4096;

    private Dialect() {}
}
