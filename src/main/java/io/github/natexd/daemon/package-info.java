@NullMarked
package io.github.natexd.daemon;

import org.jspecify.annotations.NullMarked;
