/**
 * {@code natexctl doctor} gathers facts first; then pure functions judge them, one for each check. {@code natexctl
 * bugreport} is here because it packs doctor's findings. The readers of /proc and of the kernel's configuration are here
 * because only doctor needs them.
 */
@NullMarked
package io.github.natexd.cli.doctor;

import org.jspecify.annotations.NullMarked;
