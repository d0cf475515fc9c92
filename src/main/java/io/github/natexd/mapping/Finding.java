package io.github.natexd.mapping;

/** What is known about the probe that an error quotes. */
public enum Finding {
    /** A guest sent it. */
    MAPPED,
    /**
     * Only the host was seen sending it, but a guest's sighting could still come, within {@link Mapper#WAIT_NANOS}:
     * nothing says that it will, so the host should not wait for it.
     */
    HOST_SO_FAR,
    /** The host sent it: it was sighted leaving, and no guest's probe goes with it. */
    HOST,
    /** Several guests, or a guest and the host, may have sent it. */
    AMBIGUOUS,
    /** Its second sighting may still come: ask again within {@link Mapper#WAIT_NANOS}. */
    WAITING,
    /** Nobody was seen sending it. */
    UNKNOWN
}
