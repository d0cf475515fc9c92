package io.github.natexd.cli.profile;

import io.github.natexd.cli.capture.CaptureFile;
import io.github.natexd.cli.capture.CapturedPacket;
import io.github.natexd.cli.capture.DamagedCaptureException;
import io.github.natexd.cli.capture.LinkLayer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The packets of both sides of the NAT, from one capture file or from two. */
final class CaptureSides {
    /** Packets that are read of each side at most; a profile needs few. */
    static final int PACKETS_LIMIT = 500_000;

    private final PacketReader reader = new PacketReader();
    private final List<Packet> guestSide = new ArrayList<>();
    private final List<Packet> hostSide = new ArrayList<>();
    private boolean limited;

    /** Each file is of one side. */
    void read(Path guests, Path host) throws IOException, DamagedCaptureException {
        read(guests, captured -> add(guestSide, captured));
        read(host, captured -> add(hostSide, captured));
    }

    /** As {@code natexctl capture} writes it: frames are of the guest network, cooked packets of all other interfaces. */
    void read(Path both) throws IOException, DamagedCaptureException {
        read(both, captured -> add(captured.linkType == LinkLayer.ETHERNET ? guestSide : hostSide, captured));
    }

    private static void read(Path file, Consumer<CapturedPacket> each) throws IOException, DamagedCaptureException {
        try {
            CaptureFile.read(Files.newInputStream(file), each);
        } catch (DamagedCaptureException e) {
            throw e.in(file);
        }
    }

    private void add(List<Packet> side, CapturedPacket captured) {
        if (side.size() == PACKETS_LIMIT) {
            limited = true;
            return;
        }
        Packet packet = reader.read(captured);
        if (packet != null) {
            side.add(packet);
        }
    }

    List<Packet> guestSide() {
        return guestSide;
    }

    List<Packet> hostSide() {
        return hostSide;
    }

    /** There were more packets than are read. */
    boolean isLimited() {
        return limited;
    }
}
