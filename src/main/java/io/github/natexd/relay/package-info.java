/**
 * The way of a packet: sightings and queued errors in, verdicts and frames out. The relay reaches the system through
 * three small ports, which the package {@code linux} implements.
 */
@NullMarked
package io.github.natexd.relay;

import org.jspecify.annotations.NullMarked;
