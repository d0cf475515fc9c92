package io.github.natexd.control;

import io.github.natexd.config.EffectiveConfig;
import io.github.natexd.report.MappingPage;
import io.github.natexd.report.Observer;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/**
 * What the server requests from the daemon, in the server's thread. The loop's thread supplies its own data on its next
 * turn; if it does not do so in time, these methods throw a {@link ControlException}.
 */
public interface DaemonView {
    StatusReport status() throws ControlException;

    /** @param from 0, or {@link MappingPage#next} of the previous page */
    MappingPage mappings(int from) throws ControlException;

    /** The configuration in force. */
    EffectiveConfig config();

    /** Reloads the configuration. @throws ControlException if it is rejected; the current one stays in force */
    ReloadReport reload() throws ControlException;

    /** The level of the log. */
    Level logLevel();

    /** Sets the level of the log until natexd ends. */
    void logLevel(Level changed);

    /** Sets the observer of every error from now on, called in the loop's thread; null for none. */
    void observe(@Nullable Observer observer) throws ControlException;
}
