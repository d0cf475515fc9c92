/**
 * {@code ./dev mutate}: what the page of survivors explains, and what PIT has found.
 */
package io.github.natexd.mutation;
