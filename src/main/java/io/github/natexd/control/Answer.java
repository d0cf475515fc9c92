package io.github.natexd.control;

/**
 * The response to a request.
 *
 * @param line one line of JSON, with LF
 * @param watch whether records follow, and for what
 */
record Answer(String line, Watch watch) {
    /** What a client that watches has asked for; natexctl picks it from the records that follow the first line. */
    enum Watch {
        NOTHING,
        /** The errors that a guest got. */
        RELAYED,
        /** All errors. */
        ALL,
        /** These, and probes and replies that do not come from natexd: only then are there records of them. */
        PROBES
    }

    static Answer of(String line) {
        return new Answer(line, Watch.NOTHING);
    }
}
