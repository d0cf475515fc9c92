package io.github.natexd.cli.capture;

/** A capture file that does not hold what its format says, or is of a kind that is not read. */
public final class DamagedCaptureException extends Exception {
    private static final long serialVersionUID = 1;

    /**
     * @param octet where in the file, counted from 0
     * @param problem what is wrong there
     */
    DamagedCaptureException(long octet, String problem) {
        super("octet " + octet + ": " + problem);
    }
}
