/**
 * What natexd needs of the system: queued errors and their verdicts, probes that leave the host, and frames of the guest
 * network, each as a small interface; and the addresses of the host and the guest network. {@code linux} implements the
 * interfaces; a replay and the tests have others.
 */
@NullMarked
package io.github.natexd.ports;

import org.jspecify.annotations.NullMarked;
