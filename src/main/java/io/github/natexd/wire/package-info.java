@NullMarked
package io.github.natexd.wire;

import org.jspecify.annotations.NullMarked;
