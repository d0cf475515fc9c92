/**
 * {@code natexctl}: the command tree, and the two commands that are about the command line or a file alone. A room below
 * for each kind of command; {@code form} holds what they share. No room imports this package: it assembles them.
 */
@NullMarked
package io.github.natexd.cli;

import org.jspecify.annotations.NullMarked;
