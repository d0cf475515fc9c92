/**
 * What only the lab needs of the kernel: TAP devices, namespaces, a user process's own IPv4 sockets, and what a driver of
 * virtual interfaces would learn by a call. Apart from the rest, so that nothing of it can reach the daemon.
 */
@NullMarked
package io.github.natexd.linux.emulation;

import org.jspecify.annotations.NullMarked;
