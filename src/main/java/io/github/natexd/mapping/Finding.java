package io.github.natexd.mapping;

/** What is known about the probe that an error quotes. */
public enum Finding {
    /** A guest sent it. */
    MAPPED,
    /**
     * A sighting that comes within {@link Mapper#WAIT_NANOS} could show that a guest sent it. Nothing says that one
     * will, so the host should not wait for it.
     */
    HOST_SO_FAR,
    /** The host sent it: it was sighted leaving, and no guest's probe goes with it. */
    HOST,
    /** Several guests, or a guest and the host, may have sent it. */
    AMBIGUOUS,
    /** Its second sighting may still come: ask again within {@link Mapper#WAIT_NANOS}. */
    WAITING,
    /** Nobody was seen sending it, and nothing says that somebody will be. */
    UNKNOWN
}
