/**
 * Keepalives on the connections that VMware's NAT process makes for its guests: finds that process, and keeps a small
 * program of the kernel's attached to its control group.
 */
@NullMarked
package io.github.natexd.keepalive;

import org.jspecify.annotations.NullMarked;
