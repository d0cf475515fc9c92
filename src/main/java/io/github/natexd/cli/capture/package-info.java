/**
 * {@code natexctl capture}, and capture files: pcapng is written here; pcap and pcapng are read here, with all link
 * layers that replay understands.
 */
@NullMarked
package io.github.natexd.cli.capture;

import org.jspecify.annotations.NullMarked;
