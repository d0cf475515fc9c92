/**
 * {@code natexctl paths}: the paths that guests' probes take, hop by hop.
 *
 * <p>natexd reports probes, errors and replies while a client watches. {@link io.github.natexd.cli.paths.Event} reads
 * one such line; {@link io.github.natexd.cli.paths.Paths} finds the probe that an error or a reply is about, and counts
 * in the {@link io.github.natexd.cli.paths.Hop} of its {@link io.github.natexd.cli.paths.Path}. The writers of text,
 * rows, JSON and HTML only read these.
 */
@NullMarked
package io.github.natexd.cli.paths;

import org.jspecify.annotations.NullMarked;
