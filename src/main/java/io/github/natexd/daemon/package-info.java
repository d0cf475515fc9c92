/** The daemon's life: reads the configuration, wires the rooms together, starts and stops the loop. */
@NullMarked
package io.github.natexd.daemon;

import org.jspecify.annotations.NullMarked;
