package io.github.natexd.relay;

import io.github.natexd.translate.Judgement;

/** The guest that gets a copy of each error without a mapping, if one is configured. */
final class StaticGuest {
    private static final int NOBODY = 0;
    private static final long UNSEEN = -1;

    private int address;
    private long mac = UNSEEN;
    private long gatewayMac = UNSEEN;

    /** @param changed its address, 0 for nobody */
    void address(int changed) {
        if (changed != address) {
            address = changed;
            mac = UNSEEN;
        }
    }

    /** A guest has sent a frame. */
    void sighted(int source, long itsMac, long itsGatewayMac) {
        if (source == address) {
            mac = itsMac;
            gatewayMac = itsGatewayMac;
        }
    }

    /** Whether it gets a copy of this error, once it {@link #isSeen}. */
    boolean gets(Judgement judgement) {
        return address != NOBODY && judgement.reason().isUnmapped();
    }

    /** It has sent something, so the address for a frame is known. */
    boolean isSeen() {
        return mac != UNSEEN;
    }

    void addressee(Judgement judgement) {
        judgement.copyTo(address, mac, gatewayMac);
    }
}
