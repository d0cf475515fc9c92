package io.github.natexd.lab;

import io.github.natexd.lab.LabOptions.Router;
import io.github.natexd.linux.emulation.Namespace;
import io.github.natexd.linux.libc.EventFd;
import io.github.natexd.linux.libc.Poller;
import io.github.natexd.linux.packet.PacketSocket;
import io.github.natexd.wire.Checksum;
import io.github.natexd.wire.EthernetFrame;
import io.github.natexd.wire.IcmpEcho;
import io.github.natexd.wire.IcmpError;
import io.github.natexd.wire.Ipv4Address;
import io.github.natexd.wire.Ipv4Header;
import io.github.natexd.wire.Protocol;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Responds in place of a router's kernel to probes that expire there, with the oddities of real routers ({@link Router}),
 * which no Linux kernel has. The kernel still forwards, but its own Time Exceeded is dropped on its way out. The
 * response is sent to the sender of the probe from a packet socket, which passes no netfilter hook.
 */
final class OddRouter implements AutoCloseable {
    private static final String SILENCE = """
            table ip odd_router {
                chain output {
                    type filter hook output priority filter
                    icmp type time-exceeded drop
                }
            }
            """;
    private static final String SPEECH = "delete table ip odd_router\n";
    private static final Duration NFT_LIMIT = Duration.ofSeconds(10);

    private static final int PRIVATE_ADDRESS = Ipv4Address.parse(Topology.PRIVATE_ROUTER);
    /** Internetwork control (RFC 1812, section 4.3.2.5). */
    private static final int TOS = 0xC0;

    private static final int TTL = 64;
    /** No operation, then a full record of one address, which follows (RFC 791, section 3.1); no router changes it. */
    private static final int OPTIONS = 0x01_07_07_08;

    private static final int TRANSPORT_HEAD = 8;
    /** The quote that makes an error of 576 octets (RFC 1812, section 4.3.2.3). */
    private static final int QUOTE_MAX = 548;
    /** The old, fixed place of extensions behind a quote, and today's minimum (RFC 4884, sections 4 and 5). */
    private static final int PADDED_QUOTE = 128;

    private static final int ODD_WORDS = 17;
    private static final int ODD_TOS = 0x28;
    /**
     * An extension header of version 2 and an object with two labels, the last with the bottom-of-stack bit (RFC 4950).
     */
    private static final int[] EXTENSIONS = {0x2000_0000, 0x000C_0101, 24001 << 12 | 1, 16_000 << 12 | 5 << 9 | 0x101};

    private static final int EXTENSIONS_LENGTH = EXTENSIONS.length * Integer.BYTES;
    private static final int PACKET_MAX = 1024;
    private static final long JOIN_MILLIS = 5000;

    private final Router kind;
    private final int address;
    private final List<String> nft;
    private final PacketSocket link;
    private final EventFd stop = new EventFd();
    private final Thread thread = new Thread(this::run, "odd router");
    private final ByteBuffer frame = ByteBuffer.allocateDirect(EthernetFrame.LENGTH + PACKET_MAX);
    private final ByteBuffer out = frame.slice(EthernetFrame.LENGTH, PACKET_MAX);
    private final EthernetFrame ethernet = new EthernetFrame();
    private final Ipv4Header probe = new Ipv4Header();
    private final Ipv4Header quote = new Ipv4Header();
    private final IcmpEcho echo = new IcmpEcho();
    private int nextId;
    private boolean everySecond;

    OddRouter(String labName, Node node, Router kind) {
        this.kind = kind;
        this.address = Ipv4Address.parse(Topology.HOPS.get(node.ordinal() - Node.R1.ordinal()));
        this.nft = new ArrayList<>(Lab.inside(labName, node));
        nft.addAll(List.of("nft", "-f", "-"));
        this.link = Namespace.call(Lab.namespace(labName, node), () -> PacketSocket.openUnfiltered(Topology.DOWN));
        Shell.run(SILENCE, nft.toArray(String[]::new));
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        Poller poller = new Poller(2);
        poller.register(stop.descriptor());
        poller.register(link.descriptor());
        while (!stop.drain()) {
            poller.poll(-1);
            int frames = link.receive();
            if (frames < 0) {
                return; // the interface disappeared, and the lab with it
            }
            for (int i = 0; i < frames; i++) {
                if (!link.outgoing(i)) {
                    take(link.buffer(i), link.offset(i), link.length(i));
                }
            }
        }
    }

    private void take(ByteBuffer buffer, int offset, int length) {
        if (!ethernet.over(buffer, offset, length).check() || !ethernet.isIpv4()) {
            return;
        }
        int header = EthernetFrame.LENGTH;
        if (probe.over(buffer, offset + header, length - header).check(false) == Ipv4Header.Problem.NONE
                && probe.timeToLive() == 1
                && probe.destination() != address
                && !probe.isLaterFragment()
                && probe.transportOctets() >= TRANSPORT_HEAD
                && isProbe(buffer)) {
            everySecond = !everySecond;
            for (int copies = kind.copies(everySecond); copies > 0; copies--) {
                int octets = answer(buffer);
                link.queueFrame(ethernet.source(), ethernet.destination(), frame, EthernetFrame.LENGTH, octets);
                link.sendFrames();
            }
        }
    }

    private boolean isProbe(ByteBuffer buffer) {
        return probe.protocol() == Protocol.UDP
                || probe.protocol() == Protocol.ICMP
                        && echo.over(buffer, probe.transportOffset()).type() == IcmpEcho.TYPE_REQUEST;
    }

    /** Writes the error about {@link #probe}, from the inside out; returns its length. */
    private int answer(ByteBuffer buffer) {
        int header = Ipv4Header.MIN_LENGTH + (kind == Router.OPTIONS ? Long.BYTES : 0);
        int quoteAt = header + IcmpError.LENGTH;
        int whole = Math.min(probe.totalLength(), QUOTE_MAX);
        int padded = paddedQuote(whole);
        int total = quoteAt + padded + (kind.extended() ? EXTENSIONS_LENGTH : 0);
        for (int i = 0; i < total; i++) {
            out.put(i, (byte) 0);
        }
        out.put(quoteAt, buffer, probe.offset(), Math.min(whole, padded));
        distort(quote.over(out, quoteAt, padded));
        if (kind.extended()) {
            extend(quoteAt + padded);
        }
        out.put(header, (byte) IcmpError.TYPE_TIME_EXCEEDED);
        out.put(header + 5, (byte) lengthOctet(padded));
        finish(header + 2, header, total - header);
        if (kind == Router.DAMAGED) {
            out.put(header + 2, (byte) ~out.get(header + 2));
        }
        boolean other = kind == Router.PRIVATE || kind == Router.SPLIT && everySecond;
        int source = other ? PRIVATE_ADDRESS : address;
        nextId = nextId % 0xFFFF + 1;
        Ipv4Header.write(out, 0, TOS, total, nextId, 0, TTL, Protocol.ICMP, source, probe.source());
        if (kind == Router.OPTIONS) {
            out.put(0, (byte) (0x40 | header / Integer.BYTES))
                    .putInt(Ipv4Header.MIN_LENGTH, OPTIONS)
                    .putInt(Ipv4Header.MIN_LENGTH + Integer.BYTES, address);
            finish(10, 0, header);
        }
        return total;
    }

    private int paddedQuote(int whole) {
        return switch (kind) {
            case BRIEF -> probe.headerLength() + TRANSPORT_HEAD;
            case MPLS -> Math.max(PADDED_QUOTE, (whole + 3) / Integer.BYTES * Integer.BYTES);
            case OLD_MPLS -> PADDED_QUOTE;
            case ODD_LENGTH -> ODD_WORDS * Integer.BYTES;
            default -> whole;
        };
    }

    private int lengthOctet(int padded) {
        return kind.extended() && kind != Router.OLD_MPLS ? padded / Integer.BYTES : 0;
    }

    private void distort(Ipv4Header header) {
        int at = header.offset();
        if (kind == Router.BAD_CHECKSUM) {
            // Subtracts 0x0100, as if the TTL had been decremented without updating the checksum.
            int checksum = Checksum.add(out.getShort(at + 10) & 0xFFFF, Checksum.complement(0x0100));
            out.putShort(at + 10, (short) checksum);
        } else if (kind == Router.ALTERING) {
            out.put(at + 1, (byte) ODD_TOS).put(at + 8, (byte) 0);
            out.putShort(at + 2, (short) (header.totalLength() + header.headerLength()));
            finish(at + 10, at, header.headerLength());
        }
    }

    private void extend(int at) {
        for (int i = 0; i < EXTENSIONS.length; i++) {
            out.putInt(at + i * Integer.BYTES, EXTENSIONS[i]);
        }
        finish(at + 2, at, EXTENSIONS_LENGTH);
    }

    /** Computes the checksum of a region, and writes it to its place in the region. */
    private void finish(int checksumAt, int offset, int length) {
        out.putShort(checksumAt, (short) 0);
        out.putShort(checksumAt, (short) Checksum.complement(Checksum.sum(out, offset, length)));
    }

    /** Makes the kernel respond again, if the namespace still exists. */
    @Override
    public void close() {
        stop.signal();
        try {
            thread.join(JOIN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        stop.close();
        link.close();
        Shell.result(SPEECH, NFT_LIMIT, nft);
    }
}
