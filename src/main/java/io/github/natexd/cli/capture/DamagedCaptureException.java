package io.github.natexd.cli.capture;

/** A capture file that violates its format, or whose format is not supported. */
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
