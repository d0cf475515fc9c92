/**
 * Helpers for tests of several packages: packets and their builders, captures and packet files, fakes of the relay's
 * three ports, natexd and other programs in a lab.
 */
package io.github.natexd.testkit;
