package io.github.natexd.control;

import java.util.List;

/**
 * The result of a reload, each change as "key: before -> after".
 *
 * @param changed the changes that are now in force
 * @param needRestart the changes that need a restart
 */
public record ReloadReport(List<String> changed, List<String> needRestart) {
    public ReloadReport {
        changed = List.copyOf(changed);
        needRestart = List.copyOf(needRestart);
    }
}
