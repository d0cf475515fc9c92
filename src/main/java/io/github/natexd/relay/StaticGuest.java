package io.github.natexd.relay;

import io.github.natexd.report.Reason;
import io.github.natexd.translate.Judgement;

/** The guest that gets a copy of each error for which natexd finds no guest, if configured. */
final class StaticGuest {
    private static final long UNSEEN = -1;

    private int address;
    private long mac = UNSEEN;
    private long gatewayMac = UNSEEN;

    /** @param changed the address, 0 for none */
    void address(int changed) {
        if (changed != address) {
            address = changed;
            mac = UNSEEN;
        }
    }

    /** A guest sent a frame. */
    void sighted(int source, long itsMac, long itsGatewayMac) {
        if (source == address) {
            mac = itsMac;
            gatewayMac = itsGatewayMac;
        }
    }

    /** Becomes the addressee of an error without a guest. It gets the error only if its MAC address is known. */
    void takeUnmapped(Judgement error) {
        if (address != 0 && error.reason.isUnmapped()) {
            error.reason = mac == UNSEEN ? Reason.STATIC_GUEST_UNSEEN : Reason.STATIC_GUEST;
            error.copyTo(address, mac, gatewayMac);
        }
    }
}
