/**
 * {@code natexctl replay}: the daemon's own relay over the packets of a capture, behind ports of its own, and the report
 * of it as text or JSON.
 */
@NullMarked
package io.github.natexd.cli.replay;

import org.jspecify.annotations.NullMarked;
