/**
 * Which guest sent the probe that a router quotes.
 *
 * <p>natexd sees a probe twice: as the guest sent it (a guest's {@link Sighting}) and as it left the host with the host's
 * address (a leaving one). {@link Sightings} has both, by class (protocol, destination, destination port) and, if leaving, by
 * the tuple that a router quotes. {@link Shares} gives each guest and the host its part of the room.
 *
 * <p>{@link Evidence} compares two sightings: source port, IP ID and content are three pieces that agree, differ or say
 * nothing. {@link Pairing} weighs a leaving sighting against its rivals on both sides. What comes of it has a grade:
 *
 * <ul>
 *   <li>certain: the only pair that is possible (or all possible pairs are alike), with two pieces or more. The pair is kept;
 *       an error about it is moved to the guest.
 *   <li>likely: less evidence, or only the order tells. The guest gets a copy; nothing is kept.
 *   <li>none: the probe is the host's, or several senders are equally possible.
 * </ul>
 *
 * <p>{@link Profile} knows what the last two pairs of each protocol showed of the NAT process. It lowers a grade or says
 * which TTL to expect; it never raises a grade. {@link Unseen} finds guests' probes that were not seen leaving.
 *
 * <p>{@link Mapper} is the door: sightings in, {@link Match} out. {@link Match#OPEN} says that a sighting within 10 ms may
 * still show the guest. The host does not wait for it.
 *
 * <p>The package is pure: time is an argument, and nothing is logged. Memory is bounded, and sightings are used again.
 *
 * <p>src/site/markdown/how-it-works.md has the whole theory, rule by rule, with ten worked cases.
 */
@NullMarked
package io.github.natexd.mapping;

import org.jspecify.annotations.NullMarked;
