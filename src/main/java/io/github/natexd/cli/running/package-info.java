/**
 * The commands that query a running natexd through its control socket: status, watch, mappings, wait, reload, metrics
 * and show-config. {@link io.github.natexd.cli.running.DaemonCommand} holds what they have in common.
 */
@NullMarked
package io.github.natexd.cli.running;

import org.jspecify.annotations.NullMarked;
