@NullMarked
package io.github.natexd.mapping;

import org.jspecify.annotations.NullMarked;
