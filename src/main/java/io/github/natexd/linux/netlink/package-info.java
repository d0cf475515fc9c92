/**
 * Netlink in natexd's own messages: the socket, the one walk over messages and attributes, dumps and news of rtnetlink
 * and nf_tables, and facts about interfaces, addresses and forwarding. It only reads; it changes nothing.
 */
@NullMarked
package io.github.natexd.linux.netlink;

import org.jspecify.annotations.NullMarked;
