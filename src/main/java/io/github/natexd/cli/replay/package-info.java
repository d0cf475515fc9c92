/**
 * {@code natexctl replay}: runs the daemon's own relay over the packets of a capture, and reports the result as text or
 * JSON.
 */
@NullMarked
package io.github.natexd.cli.replay;

import org.jspecify.annotations.NullMarked;
