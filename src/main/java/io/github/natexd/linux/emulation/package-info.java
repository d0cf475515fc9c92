/**
 * Functions of the kernel that only the lab needs: TAP devices, namespaces, IPv4 sockets, and news that the driver of a
 * virtual interface would get by a call. They are apart from the rest so that the daemon cannot use them.
 */
@NullMarked
package io.github.natexd.linux.emulation;

import org.jspecify.annotations.NullMarked;
