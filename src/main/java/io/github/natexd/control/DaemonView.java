package io.github.natexd.control;

/** What the server asks the daemon for. Called on the server's thread; an answer may take as long as a turn of the loop. */
public interface DaemonView {
    /** @throws ControlException if the loop does not answer */
    StatusReport status() throws ControlException;
}
