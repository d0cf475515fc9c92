/** {@code natexctl doctor}: facts are gathered first, then judged by pure functions, one for each check. */
@NullMarked
package io.github.natexd.cli.doctor;

import org.jspecify.annotations.NullMarked;
