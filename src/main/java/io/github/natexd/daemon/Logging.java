package io.github.natexd.daemon;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Sets up slf4j-simple: plain lines on standard error, with priorities if the journal reads them. */
final class Logging {
    private static final String PREFIX = "org.slf4j.simpleLogger.";

    private static boolean done;

    private Logging() {}

    /** Call this before the first logger is made; later calls do nothing. */
    static synchronized void setUp() {
        if (done) {
            return;
        }
        done = true;
        // With its name given, slf4j does not search every jar for the provider; of slf4j itself, only warnings are
        // shown.
        System.setProperty("slf4j.provider", LogLevel.class.getName());
        System.setProperty("slf4j.internal.verbosity", "WARN");
        setDefault("showThreadName", "false");
        setDefault("showLogName", "false");
        setDefault("showDateTime", "false");
        boolean journal = System.getenv("JOURNAL_STREAM") != null;
        System.setErr(journal ? new JournalStream(System.err) : new TimedStream(System.err));
        firstLevel(System.getenv("NATEXD_LOG_LEVEL"));
    }

    private static void firstLevel(@Nullable String wanted) {
        if (wanted == null || wanted.isBlank()) {
            return;
        }
        try {
            LogLevel.set(Level.valueOf(wanted.strip().toUpperCase(Locale.ROOT)));
        } catch (IllegalArgumentException e) {
            LoggerFactory.getLogger(Logging.class)
                    .warn("NATEXD_LOG_LEVEL is {}; write trace, debug, info, warn or error", wanted);
        }
    }

    private static void setDefault(String name, String value) {
        if (System.getProperty(PREFIX + name) == null) {
            System.setProperty(PREFIX + name, value);
        }
    }

    /**
     * Puts the time of day in front of each line, in UTC, without the classes for date formats and time zones: these
     * are more classes than natexd itself has.
     */
    private static final class TimedStream extends PrintStream {
        private static final int DAY_MILLIS = 24 * 60 * 60 * 1000;

        TimedStream(OutputStream out) {
            super(out, true, StandardCharsets.UTF_8);
        }

        @Override
        public void println(String line) {
            super.println(time(System.currentTimeMillis()) + line);
        }

        private static String time(long epochMillis) {
            int millis = (int) (epochMillis % DAY_MILLIS);
            StringBuilder time = new StringBuilder(14);
            twoDigits(time, millis / 3_600_000).append(':');
            twoDigits(time, millis / 60_000 % 60).append(':');
            twoDigits(time, millis / 1000 % 60).append('.').append(millis / 100 % 10);
            return twoDigits(time, millis % 100).append("Z ").toString();
        }

        private static StringBuilder twoDigits(StringBuilder text, int number) {
            return text.append((char) ('0' + number / 10)).append((char) ('0' + number % 10));
        }
    }

    /**
     * Turns the level word at the start of a line into the priority prefix that journald understands (sd-daemon(3)).
     */
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
