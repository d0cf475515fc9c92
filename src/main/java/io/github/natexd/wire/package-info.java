/**
 * Views over octets: IPv4, ICMP, UDP, TCP, Ethernet, and the checksums that go with them.
 *
 * <p>A view is a flyweight: {@code over} lays it over a region of a big-endian {@link java.nio.ByteBuffer}, {@code
 * check} decides once whether the region can be such a header, and then the accessors cannot leave it. All access is
 * absolute: views never move the buffer's position or limit, and allocate nothing. A wrong region is a mistake of the
 * caller, and {@code over} throws an exception; wrong octets in the region are part of a packet, and never cause an
 * exception.
 *
 * <p>IPv4 addresses are ints as {@code getInt} reads them; ports and other 16-bit fields are ints in 0..65535; MAC
 * addresses are longs in 0..2<sup>48</sup>-1.
 */
@NullMarked
package io.github.natexd.wire;

import org.jspecify.annotations.NullMarked;
