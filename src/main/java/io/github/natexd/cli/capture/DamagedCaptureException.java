package io.github.natexd.cli.capture;

import java.nio.file.Path;

/** A capture file that violates its format, or whose format is not supported. */
public final class DamagedCaptureException extends Exception {
    private static final long serialVersionUID = 1;

    /**
     * @param octet where in the file, counted from 0
     * @param problem what is wrong there
     */
    DamagedCaptureException(long octet, String problem) {
        this("octet " + octet + ": " + problem);
    }

    private DamagedCaptureException(String message) {
        super(message);
    }

    /** The same, with the name of the file. */
    public DamagedCaptureException in(Path file) {
        return new DamagedCaptureException(file + ": " + getMessage());
    }
}
