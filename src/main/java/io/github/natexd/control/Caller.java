package io.github.natexd.control;

import java.util.List;

/**
 * Who asks, as the kernel noted when he connected.
 *
 * @param user effective user id
 * @param groups ids of all groups, the effective one and the supplementary ones
 */
public record Caller(int user, List<Integer> groups) {
    public Caller {
        groups = List.copyOf(groups);
    }
}
