package io.github.natexd.relay;

import io.github.natexd.translate.Judgement;
import io.github.natexd.translate.Reason;
import org.jspecify.annotations.Nullable;

/** The frames that carry a batch of errors to guests: which error has one, and whether the guest network took it. */
final class GuestFrames {
    private static final int NO_FRAME = -1;

    private final int[] frames;
    private final RepeatedTrouble trouble;
    private @Nullable GuestLink link;
    /** The last batch was handed over; which of its frames were taken, the link knows. */
    private boolean handedOver;

    private boolean lost;

    /** @param batch how many errors are judged together at the most */
    GuestFrames(int batch, RepeatedTrouble trouble) {
        frames = new int[batch];
        this.trouble = trouble;
    }

    /** The guest network; null while it is not there. */
    void link(@Nullable GuestLink present) {
        link = present;
        lost = false;
    }

    /** While sending, the interface turned out not to be there any more. */
    boolean lost() {
        return lost;
    }

    @Nullable
    GuestLink link() {
        return link;
    }

    /** Error {@code index} has no frame, so far. */
    void clear(int index) {
        frames[index] = NO_FRAME;
    }

    /** What keeps an error from becoming a frame; null: nothing does. */
    @Nullable
    Reason obstacle(Judgement error) {
        GuestLink present = link;
        if (present == null) {
            return Reason.NO_GUEST_NETWORK;
        }
        return error.totalLength() > present.mtu() ? Reason.TOO_LONG : null;
    }

    /** Queues the frame of error {@code index}, for which there is no obstacle. */
    void queue(int index, Judgement error) {
        GuestLink present = link;
        if (present != null) {
            frames[index] = present.queueFrame(
                    error.guestMac(), error.gatewayMac(), error.buffer(), error.offset(), error.totalLength());
        }
        if (frames[index] == NO_FRAME) {
            error.becomes(Reason.SEND_FAILED);
        }
    }

    /** Sends what was queued. Never throws. */
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

    /** Error {@code index} had a frame, and it was not taken. */
    boolean failed(int index) {
        GuestLink present = link;
        return frames[index] != NO_FRAME && (present == null || !handedOver || !present.sent(frames[index]));
    }
}
