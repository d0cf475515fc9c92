package io.github.natexd.control;

/**
 * The response to a request.
 *
 * @param line one line of JSON, with LF
 * @param watch which lines follow
 */
record Answer(String line, Watch watch) {
    /** The lines that follow the first one. */
    enum Watch {
        NOTHING,
        /** A line for each error that a guest got. */
        RELAYED,
        /** A line for each error. */
        ALL,
        /** The same, and a line for each probe and for each reply that does not come from natexd. */
        PROBES
    }

    static Answer of(String line) {
        return new Answer(line, Watch.NOTHING);
    }
}
