package io.github.natexd.control;

/**
 * What a client gets.
 *
 * @param line JSON, with its LF
 * @param watch what follows
 */
record Answer(String line, Watch watch) {
    /** Lines that follow the first. */
    enum Watch {
        NOTHING,
        /** One for each error that a guest was given. */
        RELAYED,
        /** One for each error. */
        ALL
    }

    static Answer of(String line) {
        return new Answer(line, Watch.NOTHING);
    }
}
