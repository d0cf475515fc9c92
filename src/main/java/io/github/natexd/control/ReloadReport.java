package io.github.natexd.control;

import java.util.List;

/**
 * What a reload came to, each change as "key: before -> after".
 *
 * @param changed in force from now on
 * @param needRestart read, and waiting for a restart
 */
public record ReloadReport(List<String> changed, List<String> needRestart) {
    public ReloadReport {
        changed = List.copyOf(changed);
        needRestart = List.copyOf(needRestart);
    }
}
