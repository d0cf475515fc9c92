/** Configuration: reads and checks natexd.toml, and finds VMware's NAT network. */
@NullMarked
package io.github.natexd.config;

import org.jspecify.annotations.NullMarked;
