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
        ALL
    }

    static Answer of(String line) {
        return new Answer(line, Watch.NOTHING);
    }
}
