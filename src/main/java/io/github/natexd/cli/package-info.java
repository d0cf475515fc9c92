/**
 * {@code natexctl}: the command tree, and two commands that need neither natexd nor a capture: check-config and
 * completion. Each kind of command has a package below this one; {@code form} holds what they share. This package
 * assembles them, and none of them imports it.
 */
@NullMarked
package io.github.natexd.cli;

import org.jspecify.annotations.NullMarked;
