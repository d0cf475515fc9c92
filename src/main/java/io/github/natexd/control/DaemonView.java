package io.github.natexd.control;

import io.github.natexd.config.EffectiveConfig;
import io.github.natexd.mapping.MappingPage;
import io.github.natexd.relay.Observer;
import org.jspecify.annotations.Nullable;

/**
 * What the server asks the daemon for, on the server's thread. What the loop's thread knows, that one answers on its next
 * turn; if it does not in time, a {@link ControlException} says so.
 */
public interface DaemonView {
    StatusReport status() throws ControlException;

    /** @param from 0, or the page before's {@link MappingPage#next} */
    MappingPage mappings(int from) throws ControlException;

    /** The configuration in force. */
    EffectiveConfig config();

    /** Reads the configuration again and goes by it. @throws ControlException if it was refused: the old one stays */
    ReloadReport reload() throws ControlException;

    /** Tells of every error from now on, on the loop's thread; null: tells nobody any more. */
    void observe(@Nullable Observer observer) throws ControlException;
}
