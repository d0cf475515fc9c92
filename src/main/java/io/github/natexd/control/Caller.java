package io.github.natexd.control;

import java.util.List;

/**
 * The user at the other end of a connection, as the kernel recorded it when the connection was made.
 *
 * @param user effective user id
 * @param groups ids of all groups: the effective one and the supplementary ones
 */
public record Caller(int user, List<Integer> groups) {
    private static final int ROOT = 0;

    public Caller {
        groups = List.copyOf(groups);
    }

    boolean isRoot() {
        return user == ROOT;
    }
}
