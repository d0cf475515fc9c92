/**
 * The C library as natexd calls it, the memory that both sides see, and what stands on these two alone: error numbers,
 * polling, events, peers of unix sockets, groups. The other rooms of {@code linux} stand on this one.
 */
@NullMarked
package io.github.natexd.linux.libc;

import org.jspecify.annotations.NullMarked;
