/**
 * What the packet filter hands to natexd: ICMP errors in an NFQUEUE, which wait for verdicts, and copies of probes in an
 * NFLOG group. Implements two of the relay's ports. libnetfilter_queue sets the queue up; then only its descriptor is used.
 */
@NullMarked
package io.github.natexd.linux.netfilter;

import org.jspecify.annotations.NullMarked;
