package io.github.natexd.relay;

import io.github.natexd.report.Reason;
import io.github.natexd.report.RepeatedTrouble;
import io.github.natexd.translate.Judgement;
import org.jspecify.annotations.Nullable;

/** The frames that carry a batch of errors to guests. */
final class GuestFrames {
    private final RepeatedTrouble notSent;
    /** The guest network; null while it is not there. */
    private @Nullable GuestLink link;
    /** The last batch was handed over; the link knows which of its frames were taken. */
    private boolean handedOver;
    /** The interface was found to be gone while sending. */
    private boolean lost;

    GuestFrames(RepeatedTrouble notSent) {
        this.notSent = notSent;
    }

    void link(@Nullable GuestLink present) {
        link = present;
        lost = false;
    }

    @Nullable
    GuestLink link() {
        return link;
    }

    boolean isLost() {
        return lost;
    }

    /** Why an error cannot be sent as a frame; null if it can. */
    @Nullable
    Reason obstacle(Judgement error) {
        if (link == null) {
            return Reason.NO_GUEST_NETWORK;
        }
        return error.totalLength > link.mtu() ? Reason.TOO_LONG : null;
    }

    /** Queues the frame of an error that has no {@link #obstacle}. */
    void queue(Judgement error) {
        if (link != null) {
            error.frame =
                    link.queueFrame(error.guestMac, error.gatewayMac, error.buffer, error.offset, error.totalLength);
        }
        if (error.frame == Judgement.NO_FRAME) {
            error.reason = Reason.SEND_FAILED;
        }
    }

    /** Sends the queued frames. Never throws. */
    void send(long nowNanos) {
        handedOver = false;
        if (link == null) {
            return;
        }
        try {
            lost |= !link.sendFrames();
            handedOver = true;
        } catch (RuntimeException e) {
            notSent.happened(e, nowNanos);
        }
    }

    /** The error had a frame, and the guest network did not take it. */
    boolean failed(Judgement error) {
        return error.frame != Judgement.NO_FRAME && (link == null || !handedOver || !link.sent(error.frame));
    }
}
