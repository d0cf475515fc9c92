package io.github.natexd.lab.scenario;

import io.github.natexd.linux.emulation.Tap;
import io.github.natexd.linux.libc.Poller;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;

/** A wire between two TAP devices that takes its time: no frame arrives earlier, whatever the kernel can emulate. */
final class SlowWire implements Worker.Part {
    private static final int FRAME_MAX = 2048;
    /** Frames on the wire in one direction; more are lost. */
    private static final int FRAMES_MAX = 4096;

    private record Frame(byte[] octets, long dueNanos) {}

    private record Direction(Tap from, Tap to, Queue<Frame> frames) {}

    private final long delayNanos;
    private final Direction there;
    private final Direction back;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(FRAME_MAX);

    SlowWire(Tap one, Tap other, long delayMillis) {
        this.delayNanos = delayMillis * 1_000_000;
        this.there = new Direction(one, other, new ArrayDeque<>());
        this.back = new Direction(other, one, new ArrayDeque<>());
    }

    @Override
    public void register(Poller poller) {
        poller.register(there.from.descriptor());
        poller.register(back.from.descriptor());
    }

    @Override
    public long turn() {
        long first = Math.min(turn(there), turn(back));
        return first == Long.MAX_VALUE
                ? WHEN_THERE_IS_INPUT
                : Math.max(0, (first - System.nanoTime() + 999_999) / 1_000_000);
    }

    /** Returns when the direction's next frame is due. */
    private long turn(Direction direction) {
        for (int length = direction.from.read(buffer); length > 0; length = direction.from.read(buffer)) {
            if (direction.frames.size() < FRAMES_MAX) {
                byte[] octets = new byte[length];
                buffer.get(0, octets);
                direction.frames.add(new Frame(octets, System.nanoTime() + delayNanos));
            }
        }
        Frame next = direction.frames.peek();
        while (next != null && next.dueNanos <= System.nanoTime()) {
            direction.frames.remove();
            buffer.put(0, next.octets);
            direction.to.write(buffer, 0, next.octets.length);
            next = direction.frames.peek();
        }
        return next == null ? Long.MAX_VALUE : next.dueNanos;
    }
}
