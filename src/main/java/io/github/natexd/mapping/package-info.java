/**
 * Which guest sent the probe that a router quotes.
 *
 * <p>natexd sees a probe twice: when the guest sends it (a guest's {@link Sighting}) and when it leaves the host with
 * the host's address (a leaving sighting). {@link Sightings} finds both by class (protocol, destination, destination
 * port), and leaving ones also by the tuple that a router quotes. It divides the space among guests and host.
 *
 * <p>{@link Evidence} compares two sightings: source port, IP ID and content are three pieces that agree, differ or say
 * nothing. {@link Pairing} weighs a leaving sighting against its rivals on both sides. The result has a grade:
 *
 * <ul>
 *   <li>certain: only one pair is possible (or all possible pairs are alike), and at least two pieces agree. The pair
 *       is kept; an error about it is moved to the guest.
 *   <li>likely: there is less evidence, or only the order decides. The guest gets a copy; nothing is kept.
 *   <li>none: the probe is the host's, or several senders are equally possible.
 * </ul>
 *
 * <p>{@link Profile} knows what the last two pairs of each protocol showed about the NAT process. It lowers a grade or
 * says which TTL to expect; it never raises a grade. {@link Unseen} finds guests' probes that were not seen leaving.
 *
 * <p>Other packages use {@link Mapper}: sightings in, {@link Match} out. {@link Match#OPEN} means that a sighting within
 * some milliseconds may still show the guest. The host does not wait for it.
 *
 * <p>The package is pure: time is an argument, and nothing is logged. Memory is bounded, and sightings are reused.
 * src/site/markdown/how-it-works.md explains each rule, with ten worked cases.
 */
@NullMarked
package io.github.natexd.mapping;

import org.jspecify.annotations.NullMarked;
