package io.github.natexd.cli.paths;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** The probes of one guest, by one protocol, to one target. */
final class Path {
    /** Which path this is. */
    record Key(String guest, String protocol, String target) {}

    private final Key key;
    private final TreeMap<Integer, Hop> hops = new TreeMap<>();

    Path(Key key) {
        this.key = key;
    }

    Key key() {
        return key;
    }

    Hop hop(int number) {
        return hops.computeIfAbsent(number, Hop::new);
    }

    /** The hops up to the first one at which the target itself answered; without such a hop, all. */
    List<Hop> hops() {
        List<Hop> shown = new ArrayList<>();
        for (Hop hop : hops.values()) {
            shown.add(hop);
            if (hop.routers().containsKey(key.target())) {
                break;
            }
        }
        return shown;
    }

    /** The target itself has answered. */
    boolean isComplete() {
        return hops.values().stream().anyMatch(hop -> hop.routers().containsKey(key.target()));
    }
}
