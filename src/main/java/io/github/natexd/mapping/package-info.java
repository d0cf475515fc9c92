/**
 * Which guest sent the probe that a router quotes: sightings of both sides of the NAT process, their pairing, and the
 * table of mappings. Pure: time is an argument, nothing is logged, nothing is allocated after construction.
 */
@NullMarked
package io.github.natexd.mapping;

import org.jspecify.annotations.NullMarked;
