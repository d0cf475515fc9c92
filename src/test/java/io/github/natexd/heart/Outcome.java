package io.github.natexd.heart;

import io.github.natexd.report.Reason;
import io.github.natexd.wire.Ipv4Address;
import io.github.natexd.wire.MacAddress;
import org.jspecify.annotations.Nullable;

/** The final decision about an error. */
record Outcome(Reason reason, boolean taken, @Nullable Delivered delivered) {
    /**
     * What a guest got.
     *
     * @param id the IP ID in the quote
     * @param mac 0 if the kernel forwards it
     */
    record Delivered(int guest, int port, int id, long mac, long gateway) {
        @Override
        public String toString() {
            return "%s:%d id %d, %s > %s"
                    .formatted(Ipv4Address.text(guest), port, id, MacAddress.text(gateway), MacAddress.text(mac));
        }
    }

    @Override
    public String toString() {
        return reason + (taken ? ", the host loses it" : "") + (delivered == null ? "" : ", to " + delivered);
    }
}
