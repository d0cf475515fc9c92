/**
 * What natexd says about its work: the reason of each outcome, counters, histograms, the NAT process's profile, the
 * mappings, and what an observer sees. The rooms on the way of a packet fill these; {@code control} and {@code cli}
 * show them, and cannot reach further.
 */
@NullMarked
package io.github.natexd.report;

import org.jspecify.annotations.NullMarked;
