package io.github.natexd.mapping;

/** Whose probe an error quotes. */
public enum Match {
    /** A guest's, for certain. */
    CERTAIN,
    /** Likely a guest's. */
    LIKELY,
    /** A sighting that comes by {@link Mapper#openUntilNanos} may still tell; so far nothing is certain. */
    OPEN,
    /** Several guests', or a guest's and the host's, may be quoted. */
    AMBIGUOUS,
    /** The host's: it was seen leaving, and no guest's probe goes with it. */
    HOST,
    /** Nobody was seen sending it. */
    UNKNOWN
}
