/**
 * Fuzz targets: each says what must hold for any octets at all. A normal build replays the committed inputs, which are
 * in the folder CLASSInputs/METHOD of the test resources; {@code ./dev fuzz TARGET} searches for new ones. A target of
 * a parser that is not public is in the package of the parser.
 *
 * <p>A target starts no threads and opens no files, so that it runs many thousands of times a second.
 */
@NullMarked
package io.github.natexd.fuzz;

import org.jspecify.annotations.NullMarked;
