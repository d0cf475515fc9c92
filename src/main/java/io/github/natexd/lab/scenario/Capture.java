package io.github.natexd.lab.scenario;

import io.github.natexd.linux.emulation.FrameSocket;
import io.github.natexd.linux.libc.Poller;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;

/** Writes what one interface sends and receives to a file. */
final class Capture implements Worker.Part {
    private final FrameSocket frames;
    private final PcapFile file;

    Capture(FrameSocket frames, PcapFile file) {
        this.frames = frames;
        this.file = file;
    }

    @Override
    public void register(Poller poller) {
        poller.register(frames.descriptor());
    }

    @Override
    public long turn() {
        try {
            while (frames.receive()) {
                file.add(Instant.now(), frames.octets(), frames.length(), frames.originalLength());
            }
            file.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("write a capture", e);
        }
        return WHEN_THERE_IS_INPUT;
    }
}
