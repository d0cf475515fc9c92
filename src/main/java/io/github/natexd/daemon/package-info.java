/**
 * The daemon: {@link io.github.natexd.daemon.Natexd} is its life (start, run, reload, stop), {@link
 * io.github.natexd.daemon.Running} wires its parts together, {@link io.github.natexd.daemon.Reload} changes the
 * configuration, and {@link io.github.natexd.daemon.Loop} is the thread that handles packets.
 */
@NullMarked
package io.github.natexd.daemon;

import org.jspecify.annotations.NullMarked;
