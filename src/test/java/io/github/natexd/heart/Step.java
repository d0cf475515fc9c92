package io.github.natexd.heart;

import io.github.natexd.wire.MacAddress;

/** One event of a schedule. Between two turns, packets only arrive. */
sealed interface Step {
    record Pass(long nanos) implements Step {
        @Override
        public String toString() {
            return "pass " + (nanos % 1_000_000 == 0 ? nanos / 1_000_000 + " ms" : nanos + " ns");
        }
    }

    /** A frame on the guest network. */
    record Guest(Sent probe, long mac, long gateway) implements Step {
        @Override
        public String toString() {
            return "guest " + probe + ", " + MacAddress.text(mac) + " > " + MacAddress.text(gateway);
        }
    }

    /** A probe leaves the host. */
    record Leaves(Sent probe, int uid) implements Step {
        @Override
        public String toString() {
            return "leaves " + probe + ", uid " + uid;
        }
    }

    /** A number of equal errors arrive, each with a quote of this length. */
    record Errors(Sent quoted, int octets, int times) implements Step {
        @Override
        public String toString() {
            return "error " + (times > 1 ? times + " times " : "") + "quotes " + octets + " of " + quoted;
        }
    }

    /** The kernel's log loses a copy. */
    record Lost() implements Step {}

    record RulesChange() implements Step {}

    record Turn() implements Step {}
}
