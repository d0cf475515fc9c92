package io.github.natexd.daemon;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** Sets slf4j-simple up before the first logger: plain lines on stderr, with priorities where the journal reads. */
final class Logging {
    private static final String PREFIX = "org.slf4j.simpleLogger.";

    private Logging() {}

    private static boolean done;

    /** To be called before the first logger is made; later calls do nothing. */
    static synchronized void setUp() {
        if (done) {
            return;
        }
        done = true;
        String level = System.getenv("NATEXD_LOG_LEVEL");
        setDefault("defaultLogLevel", level == null ? "info" : level);
        setDefault("showThreadName", "false");
        setDefault("showLogName", "false");
        boolean journal = System.getenv("JOURNAL_STREAM") != null;
        setDefault("showDateTime", String.valueOf(!journal));
        setDefault("dateTimeFormat", "HH:mm:ss.SSS");
        if (journal) {
            System.setErr(new JournalStream(System.err));
        }
    }

    private static void setDefault(String name, String value) {
        if (System.getProperty(PREFIX + name) == null) {
            System.setProperty(PREFIX + name, value);
        }
    }

    /** Turns the level word at the start of a line into the priority prefix that journald understands (sd-daemon(3)). */
    private static final class JournalStream extends PrintStream {
        JournalStream(OutputStream out) {
            super(out, true, StandardCharsets.UTF_8);
        }

        @Override
        public void println(String line) {
            super.println(prefix(line) + line);
        }

        private static String prefix(String line) {
            if (line.startsWith("ERROR")) {
                return "<3>";
            }
            if (line.startsWith("WARN")) {
                return "<4>";
            }
            if (line.startsWith("INFO")) {
                return "<6>";
            }
            return "<7>";
        }
    }
}
