@NullMarked
package io.github.natexd.linux;

import org.jspecify.annotations.NullMarked;
