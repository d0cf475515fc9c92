/**
 * {@code natexctl nat-profile}: what a NAT process does to UDP, ICMP and TCP, with the evidence for it.
 *
 * <p>{@link io.github.natexd.cli.profile.PacketReader} reduces captured packets to {@link io.github.natexd.cli.profile.Packet}s.
 * {@link io.github.natexd.cli.profile.Analysis} finds the packets that are the same on both sides of the NAT, and lets
 * {@link io.github.natexd.cli.profile.ProbeTraits} and {@link io.github.natexd.cli.profile.TcpTraits} compare them. Each
 * comparison adds to a {@link io.github.natexd.cli.profile.Tally}. Without a captured example a trait is unknown, never "no".
 *
 * <p>The analysis shares nothing with natexd's own matching, so that it can show where that is wrong.
 */
@NullMarked
package io.github.natexd.cli.profile;

import org.jspecify.annotations.NullMarked;
