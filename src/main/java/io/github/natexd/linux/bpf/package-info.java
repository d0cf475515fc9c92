/** Programs that the kernel runs for natexd (bpf(2)), and the control groups that they are attached to. */
@NullMarked
package io.github.natexd.linux.bpf;

import org.jspecify.annotations.NullMarked;
