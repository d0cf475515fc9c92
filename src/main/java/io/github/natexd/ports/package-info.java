/**
 * What the relay needs of the system, as small interfaces: queued errors and their verdicts, probes that leave the host,
 * and frames of the guest network. {@code linux} implements them; a replay and the tests have others.
 */
@NullMarked
package io.github.natexd.ports;

import org.jspecify.annotations.NullMarked;
