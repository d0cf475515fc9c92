@NullMarked
package io.github.natexd.cli;

import org.jspecify.annotations.NullMarked;
