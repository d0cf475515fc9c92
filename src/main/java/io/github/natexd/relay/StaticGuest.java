package io.github.natexd.relay;

import io.github.natexd.translate.Judgement;

/** The guest that gets a copy of each error for which natexd finds no guest, if configured. */
final class StaticGuest {
    private static final int NOBODY = 0;
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

    /** Whether the static guest gets a copy of this error, provided that it {@link #isSeen}. */
    boolean gets(Judgement judgement) {
        return address != NOBODY && judgement.reason.isUnmapped();
    }

    /** It sent a frame, so its MAC address is known. */
    boolean isSeen() {
        return mac != UNSEEN;
    }

    void addressee(Judgement judgement) {
        judgement.copyTo(address, mac, gatewayMac);
    }
}
