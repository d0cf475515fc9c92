/**
 * What the commands share, whatever they are about: exit codes, forms of output, reading natexd's answers, and how this
 * program itself was started. Imports no command.
 */
@NullMarked
package io.github.natexd.cli.form;

import org.jspecify.annotations.NullMarked;
