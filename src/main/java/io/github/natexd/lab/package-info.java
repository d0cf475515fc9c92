@NullMarked
package io.github.natexd.lab;

import org.jspecify.annotations.NullMarked;
