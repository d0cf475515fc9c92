package io.github.natexd.control;

/** What server and client agree on; src/site/markdown/control.md documents it. */
final class Dialect {
    /** Increases when a field is removed or changes its meaning; a new field does not increase it. */
    static final int VERSION = 1;

    /** The longest request, without LF. */
    static final int REQUEST_MAX_OCTETS = 4096;

    private Dialect() {}
}
