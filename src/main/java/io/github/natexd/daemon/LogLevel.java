package io.github.natexd.daemon;

import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;
import org.slf4j.event.Level;
import org.slf4j.simple.SimpleLogger;
import org.slf4j.simple.SimpleLoggerFactory;
import org.slf4j.simple.SimpleServiceProvider;

/** The level of natexd's log. slf4j-simple reads its level only once; with this provider, it can change at any time. */
public final class LogLevel extends SimpleServiceProvider {
    private static volatile Level level = Level.INFO;

    private final ILoggerFactory factory = new Factory();

    static Level get() {
        return level;
    }

    static void set(Level changed) {
        level = changed;
    }

    @Override
    public ILoggerFactory getLoggerFactory() {
        return factory;
    }

    private static final class Factory extends SimpleLoggerFactory {
        @Override
        protected Logger createLogger(String name) {
            return new Levelled(name);
        }
    }

    private static final class Levelled extends SimpleLogger {
        private static final long serialVersionUID = 1;

        Levelled(String name) {
            super(name);
        }

        @Override
        protected boolean isLevelEnabled(int logLevel) {
            return logLevel >= level.toInt();
        }
    }
}
