package io.github.natexd.daemon;

import io.github.natexd.control.StatusReport;
import io.github.natexd.relay.Snapshot;

/** What the loop's thread knows, at one moment. */
record LoopReport(StatusReport.GuestNetwork guestNetwork, Snapshot relay) {}
