/**
 * {@code natexctl doctor}: facts are gathered first, then judged by pure functions, one for each check. Bugreport is here
 * too, for it packs what doctor finds, and so is what only doctor reads of /proc and of the kernel's configuration.
 */
@NullMarked
package io.github.natexd.cli.doctor;

import org.jspecify.annotations.NullMarked;
