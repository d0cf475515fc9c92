/**
 * The loop: sightings in, queued errors in, verdicts and frames out. What it needs of the system are three small ports;
 * the room {@code linux} implements them.
 */
@NullMarked
package io.github.natexd.relay;

import org.jspecify.annotations.NullMarked;
