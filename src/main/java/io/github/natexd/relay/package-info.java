/**
 * The way of a packet: sightings and queued errors in, verdicts and frames out. The relay reaches the system through
 * {@code ports}.
 */
@NullMarked
package io.github.natexd.relay;

import org.jspecify.annotations.NullMarked;
