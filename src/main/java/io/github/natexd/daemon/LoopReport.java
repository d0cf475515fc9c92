package io.github.natexd.daemon;

import io.github.natexd.control.StatusReport;
import io.github.natexd.report.Snapshot;

/** The state that the loop's thread owns, at one moment. */
record LoopReport(StatusReport.GuestNetwork guestNetwork, Snapshot relay) {}
