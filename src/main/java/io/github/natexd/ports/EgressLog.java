package io.github.natexd.ports;

import io.github.natexd.wire.Probe;

/** Probes that leave the host, as the kernel logs them before source NAT: only the first octets of each. */
public interface EgressLog extends Batch {
    /** The user id if the kernel did not report one. */
    int NO_UID = Probe.NO_UID;

    /** The user that owns the sending socket, or {@link #NO_UID}. */
    int uid(int index);
}
