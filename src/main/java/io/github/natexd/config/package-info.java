@NullMarked
package io.github.natexd.config;

import org.jspecify.annotations.NullMarked;
