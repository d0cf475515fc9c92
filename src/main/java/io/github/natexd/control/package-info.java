/**
 * The control socket: one request in one line, one answer in one line of JSON, from snapshots that the loop's thread
 * makes when asked. The server has a thread of its own; natexctl is the client.
 */
@NullMarked
package io.github.natexd.control;

import org.jspecify.annotations.NullMarked;
