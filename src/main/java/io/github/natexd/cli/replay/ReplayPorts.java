package io.github.natexd.cli.replay;

import io.github.natexd.cli.capture.LinkLayer;
import io.github.natexd.ports.Batch;
import io.github.natexd.ports.EgressLog;
import io.github.natexd.ports.GuestLink;
import io.github.natexd.ports.PacketQueue;
import io.github.natexd.wire.EthernetFrame;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/** The relay's three ports over a capture: each holds the packet to be replayed next; delivered frames are recorded. */
final class ReplayPorts {
    /** The index of a packet in its buffer, which leaves room for an Ethernet header in front of it. */
    private static final int OFFSET = EthernetFrame.LENGTH;

    /** The MTU of VMware's networks. */
    private static final int GUEST_MTU = 1500;

    /** An error as a guest would get it. */
    record Delivered(byte[] octets, long guestMac, long gatewayMac) {}

    final Queue queue = new Queue();
    final Log log = new Log();
    final Link link = new Link();
    private final Deque<Delivered> delivered = new ArrayDeque<>();

    /** The delivered packets, in the order of delivery. */
    Deque<Delivered> delivered() {
        return delivered;
    }

    /** At most one packet. */
    private abstract static sealed class Port implements Batch permits Queue, Log, Link {
        ByteBuffer packet = ByteBuffer.allocate(0);
        int length;
        boolean there;

        final void offer(byte[] octets) {
            packet = ByteBuffer.allocate(OFFSET + octets.length);
            packet.put(OFFSET, octets);
            length = octets.length;
            there = true;
        }

        @Override
        public final int receive() {
            boolean was = there;
            there = false;
            return was ? 1 : 0;
        }

        @Override
        public final ByteBuffer buffer(int index) {
            return packet;
        }

        @Override
        public int offset(int index) {
            return OFFSET;
        }

        @Override
        public int length(int index) {
            return length;
        }
    }

    /** ICMP errors to the host. */
    final class Queue extends Port implements PacketQueue {
        private boolean cut;

        void offer(byte[] octets, boolean isCut) {
            offer(octets);
            cut = isCut;
        }

        @Override
        public int capacity() {
            return 1;
        }

        @Override
        public boolean truncated(int index) {
            return cut;
        }

        @Override
        public void accept(int index) {}

        @Override
        public void acceptRewritten(int index) {
            byte[] octets = new byte[length];
            packet.get(OFFSET, octets);
            delivered.add(new Delivered(octets, LinkLayer.NO_MAC, LinkLayer.NO_MAC));
        }

        @Override
        public void drop(int index) {}

        @Override
        public void sendVerdicts() {}
    }

    /** Probes leaving the host. */
    static final class Log extends Port implements EgressLog {
        @Override
        public int uid(int index) {
            return NO_UID;
        }
    }

    /** Frames of the guest network. */
    final class Link extends Port implements GuestLink {
        void offer(byte[] octets, long source, long destination) {
            offer(octets);
            EthernetFrame.write(packet, 0, destination, source, EthernetFrame.TYPE_IPV4);
        }

        @Override
        public int offset(int index) {
            return 0;
        }

        @Override
        public int length(int index) {
            return OFFSET + length;
        }

        @Override
        public boolean outgoing(int index) {
            return false;
        }

        @Override
        public int mtu() {
            return GUEST_MTU;
        }

        @Override
        public int queueFrame(long destinationMac, long sourceMac, ByteBuffer buffer, int offset, int octetCount) {
            byte[] octets = new byte[octetCount];
            buffer.get(offset, octets);
            delivered.add(new Delivered(octets, destinationMac, sourceMac));
            return 0;
        }

        @Override
        public boolean sendFrames() {
            return true;
        }

        @Override
        public boolean sent(int index) {
            return true;
        }
    }
}
