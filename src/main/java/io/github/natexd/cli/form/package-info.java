/**
 * What all commands share: exit codes, output formats, parsing of natexd's responses, and how this program was started.
 * Imports no command.
 */
@NullMarked
package io.github.natexd.cli.form;

import org.jspecify.annotations.NullMarked;
