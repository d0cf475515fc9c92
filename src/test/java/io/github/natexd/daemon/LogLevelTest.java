package io.github.natexd.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.testkit.Log;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.event.Level;

class LogLevelTest {
    private final Logger logger = provider().getLoggerFactory().getLogger("test");

    private static LogLevel provider() {
        LogLevel provider = new LogLevel();
        provider.initialize();
        return provider;
    }

    @AfterEach
    void asBefore() {
        LogLevel.set(Level.INFO);
    }

    @Test
    void aLoggerThatExistsFollowsTheLevel() {
        assertFalse(logger.isDebugEnabled());

        LogLevel.set(Level.DEBUG);
        assertTrue(logger.isDebugEnabled());
        assertFalse(logger.isTraceEnabled());

        LogLevel.set(Level.ERROR);
        assertFalse(logger.isWarnEnabled());
        assertTrue(logger.isErrorEnabled());
    }

    @Test
    void onlyWhatTheLevelPermitsIsWritten() {
        try (Log log = new Log()) {
            LogLevel.set(Level.WARN);
            logger.info("silent");
            logger.warn("loud {}", 1);

            assertEquals(1, log.text().lines().count(), log.text());
            assertTrue(log.text().contains("loud 1"), log.text());
        }
    }
}
