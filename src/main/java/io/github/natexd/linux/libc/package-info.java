/**
 * The C library's functions that natexd calls, the memory that both sides see, and what needs only these two: error
 * numbers, polling, events, peers of unix sockets, groups. The other packages of {@code linux} build on this one.
 */
@NullMarked
package io.github.natexd.linux.libc;

import org.jspecify.annotations.NullMarked;
