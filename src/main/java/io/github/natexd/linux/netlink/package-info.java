/**
 * Netlink in natexd's own messages: the socket, the one walk over attributes, dumps and news of rtnetlink and nf_tables,
 * and what they say about interfaces, addresses and forwarding. Asks and listens; changes nothing.
 */
@NullMarked
package io.github.natexd.linux.netlink;

import org.jspecify.annotations.NullMarked;
