/**
 * Views over octets: IPv4, ICMP, UDP, Ethernet, and the checksums that go with them.
 *
 * <p>A view is a flyweight: {@code over} lays it on a region of a big-endian {@link java.nio.ByteBuffer}, {@code check}
 * decides once whether the region can be such a header, and then the accessors cannot leave it. All access is absolute:
 * position and limit of the buffer are never moved, and nothing is allocated once a view exists. A wrong region given
 * to {@code over} is a mistake of the caller and throws; wrong octets in it are a packet and never do.
 *
 * <p>IPv4 addresses are ints as {@code getInt} reads them, ports and other 16-bit fields ints in 0..65535, MAC
 * addresses longs in 0..2<sup>48</sup>-1.
 */
@NullMarked
package io.github.natexd.wire;

import org.jspecify.annotations.NullMarked;
