@NullMarked
package io.github.natexd.relay;

import org.jspecify.annotations.NullMarked;
