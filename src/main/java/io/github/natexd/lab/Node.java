package io.github.natexd.lab;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The machines of the lab; each is a network namespace. */
public enum Node {
    GUEST1,
    GUEST2,
    HOST,
    R1,
    R2,
    R3,
    R4,
    TARGET;

    /** The name as users type it: {@code guest1}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws IllegalArgumentException if there is no such node; the message lists the labels */
    public static Node of(String label) {
        return Arrays.stream(values())
                .filter(node -> node.label().equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no node " + label + " in the lab; there are "
                        + Arrays.stream(values()).map(Node::label).collect(Collectors.joining(", "))));
    }
}
