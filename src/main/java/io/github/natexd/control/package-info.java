/**
 * The control socket: a request is one line, and its response is one line of JSON, made from snapshots that the loop's
 * thread takes on request. The server has its own thread; natexctl is the client.
 */
@NullMarked
package io.github.natexd.control;

import org.jspecify.annotations.NullMarked;
