/**
 * The model of the heart's three rules, and the fuzz that runs it beside the real {@code mapping} and {@code relay} on
 * random schedules and compares every outcome.
 */
package io.github.natexd.heart;
