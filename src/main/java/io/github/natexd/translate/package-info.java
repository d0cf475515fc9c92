@NullMarked
package io.github.natexd.translate;

import org.jspecify.annotations.NullMarked;
