/**
 * The model of the heart's three rules, and the fuzz that runs the model and the real {@code mapping} and {@code relay}
 * on random schedules and compares every decision.
 */
package io.github.natexd.heart;
