/** {@code natexctl lab}: the commands for the emulated network that the room {@code lab} builds. */
@NullMarked
package io.github.natexd.cli.lab;

import org.jspecify.annotations.NullMarked;
