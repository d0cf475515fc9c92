/** The script {@code natexd-rules}, run in network namespaces. These tests need root. */
package io.github.natexd.nftables;
