package io.github.natexd.relay;

import io.github.natexd.report.Reason;
import io.github.natexd.report.RepeatedTrouble;
import io.github.natexd.translate.Judgement;
import org.jspecify.annotations.Nullable;

/**
 * The frames that carry a batch of errors to guests: which error has a frame, and whether the guest network took it.
 */
final class GuestFrames {
    private static final int NO_FRAME = -1;

    private final int[] frames;
    private final RepeatedTrouble trouble;
    private @Nullable GuestLink link;
    /** The last batch was handed over; the link knows which of its frames were taken. */
    private boolean handedOver;

    private boolean lost;

    /** @param batch the maximum number of errors that are judged together */
    GuestFrames(int batch, RepeatedTrouble trouble) {
        frames = new int[batch];
        this.trouble = trouble;
    }

    /** The guest network; null while it is not there. */
    void link(@Nullable GuestLink present) {
        link = present;
        lost = false;
    }

    /** The interface was found to be gone while sending. */
    boolean lost() {
        return lost;
    }

    @Nullable
    GuestLink link() {
        return link;
    }

    /** Error {@code index} has no frame yet. */
    void clear(int index) {
        frames[index] = NO_FRAME;
    }

    /** Why an error cannot be sent as a frame; null if it can. */
    @Nullable
    Reason obstacle(Judgement error) {
        GuestLink present = link;
        if (present == null) {
            return Reason.NO_GUEST_NETWORK;
        }
        return error.totalLength > present.mtu() ? Reason.TOO_LONG : null;
    }

    /** Queues the frame of error {@code index}, which has no {@link #obstacle}. */
    void queue(int index, Judgement error) {
        GuestLink present = link;
        if (present != null) {
            frames[index] =
                    present.queueFrame(error.guestMac, error.gatewayMac, error.buffer, error.offset, error.totalLength);
        }
        if (frames[index] == NO_FRAME) {
            error.reason = Reason.SEND_FAILED;
        }
    }

    /** Sends the queued frames. Never throws. */
    void send(long nowNanos) {
        GuestLink present = link;
        handedOver = false;
        if (present == null) {
            return;
        }
        try {
            lost |= !present.sendFrames();
            handedOver = true;
        } catch (RuntimeException e) {
            trouble.happened(e, nowNanos);
        }
    }

    /** Error {@code index} had a frame, and the guest network did not take it. */
    boolean failed(int index) {
        GuestLink present = link;
        return frames[index] != NO_FRAME && (present == null || !handedOver || !present.sent(frames[index]));
    }
}
