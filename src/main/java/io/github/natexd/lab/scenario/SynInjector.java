package io.github.natexd.lab.scenario;

import io.github.natexd.linux.emulation.Inet4Socket;
import io.github.natexd.linux.emulation.Tap;
import io.github.natexd.linux.libc.Poller;
import io.github.natexd.wire.EthernetFrame;
import java.nio.ByteBuffer;

/** Receives shipped SYNs by UDP and gives them to the kernel, as if they came in by a TUN or TAP device. */
final class SynInjector implements Worker.Part {
    /**
     * How a SYN gets in.
     *
     * @param destinationMac of the Ethernet header that goes in front; {@link #NO_HEADER}: none, for a TUN device
     * @param repair whether to compute the TCP checksum
     */
    record Way(Tap device, long destinationMac, boolean repair) {
        static final long NO_HEADER = -1;
    }

    /**
     * An address of nobody else. With the firewall's, the bridge would learn that the firewall is behind the TAP
     * device, and the SYN-ACK would go there.
     */
    static final long SOURCE_MAC = 0x0200_0000_0007L;

    private static final int PACKET_MAX = 2048;

    private final Inet4Socket udp;
    private final ByteBuffer frame = ByteBuffer.allocateDirect(EthernetFrame.LENGTH + PACKET_MAX);
    private final ByteBuffer packet = frame.slice(EthernetFrame.LENGTH, PACKET_MAX);
    private final Syn syn = new Syn();
    private volatile Way way;
    private volatile int injected;
    private volatile int shippedChecksum;
    private volatile int unfinishedChecksum;

    SynInjector(Inet4Socket udp, Way way) {
        this.udp = udp;
        this.way = way;
    }

    /** The way from now on; counts anew. */
    void way(Way changed) {
        way = changed;
        injected = 0;
    }

    /** How many SYNs the kernel took from the device since the way was chosen. */
    int injected() {
        return injected;
    }

    /** The checksum that the last SYN came with. */
    int shippedChecksum() {
        return shippedChecksum;
    }

    /** The sum of the last SYN's pseudo-header. */
    int unfinishedChecksum() {
        return unfinishedChecksum;
    }

    @Override
    public void register(Poller poller) {
        poller.register(udp.descriptor());
    }

    @Override
    public long turn() {
        for (int length = udp.receive(packet); length > 0; length = udp.receive(packet)) {
            if (syn.overPacket(packet, 0, length)) {
                shippedChecksum = syn.checksum();
                unfinishedChecksum = syn.unfinishedChecksum();
                inject(way, length);
            }
        }
        return WHEN_THERE_IS_INPUT;
    }

    @SuppressWarnings(
            "NonAtomicVolatileUpdate") // only the step that chooses the way resets it, when no SYN is on its way
    private void inject(Way chosen, int length) {
        if (chosen.repair) {
            syn.repairChecksum();
        }
        int header = chosen.destinationMac == Way.NO_HEADER ? 0 : EthernetFrame.LENGTH;
        if (header > 0) {
            EthernetFrame.write(frame, 0, chosen.destinationMac, SOURCE_MAC, EthernetFrame.TYPE_IPV4);
        }
        if (chosen.device.write(frame, EthernetFrame.LENGTH - header, header + length)) {
            injected++;
        }
    }
}
