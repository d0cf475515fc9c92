package io.github.natexd.mapping;

/** Whose probe an error quotes. */
public enum Match {
    /** A guest's, for certain. */
    CERTAIN,
    /** Likely a guest's. */
    LIKELY,
    /** Nothing is certain yet; a sighting before {@link Mapper#openUntilNanos} may still decide. */
    OPEN,
    /** It can be a probe of several guests, or of a guest or the host. */
    AMBIGUOUS,
    /** The host's: it was seen leaving, and no guest's probe can be the same. */
    HOST,
    /** No sighting fits. */
    UNKNOWN
}
