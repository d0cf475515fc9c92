package io.github.natexd.ports;

/** Probes that leave the host, as the kernel logs them before source NAT: only the first octets of each. */
public interface EgressLog extends Batch {
    /** The user id if the kernel did not report one. */
    int NO_UID = -1;

    /** The user that owns the sending socket, or {@link #NO_UID}. */
    int uid(int index);
}
