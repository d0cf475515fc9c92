/** {@code natexctl lab}: the commands for the emulated network that the package {@code lab} builds. */
@NullMarked
package io.github.natexd.cli.lab;

import org.jspecify.annotations.NullMarked;
