package io.github.natexd.lab;

import io.github.natexd.lab.NatTable.Binding;
import io.github.natexd.linux.emulation.Inet4Socket;
import io.github.natexd.linux.libc.Poller;
import io.github.natexd.linux.packet.PacketSocket;
import io.github.natexd.wire.Checksum;
import io.github.natexd.wire.EthernetFrame;
import io.github.natexd.wire.IcmpEcho;
import io.github.natexd.wire.IcmpError;
import io.github.natexd.wire.Ipv4Address;
import io.github.natexd.wire.Ipv4Header;
import io.github.natexd.wire.Protocol;
import io.github.natexd.wire.UdpHeader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Emulates VMware's NAT process, as far as traceroute can see it: a port of the hub with the address 192.168.44.2, and
 * sockets in the host's namespace. UDP and ICMP echo go out with the host's address in place of the guest's; TTL, IP ID
 * and payload stay the same. Replies come in with an IP header of the NAT's own. ICMP errors are dropped, unless
 * {@link LabOptions} change that.
 *
 * <p>Replies are read from raw sockets, which get copies, so the host's own programs miss nothing. TCP is terminated
 * ({@link TcpTermination}). Fragments are ignored, because no client in the lab sends any.
 *
 * <p>Not thread-safe: everything runs in the hub's thread, which is in the host's namespace.
 */
final class NatProcess implements AutoCloseable {
    /** Takes frames that the NAT sends: {@code length} octets from index 0. */
    interface Output {
        void transmit(ByteBuffer frame, int length);
    }

    private static final int GATEWAY = Ipv4Address.parse(Topology.GATEWAY);
    private static final int HOST = Ipv4Address.parse(Topology.HOST);
    private static final int GUEST_NETWORK = GATEWAY & 0xFFFFFF00;
    private static final int FRAME_MAX = 9216 + EthernetFrame.LENGTH;
    private static final int FRESH_TTL = 64;
    /** The limit of packets taken from one socket before the others' turn. */
    private static final int BATCH = 64;

    private static final int TRANSPORT_HEAD = 8;

    private final LabOptions options;
    private final Output output;
    private final NatTable table;
    private final Inet4Socket sender = Inet4Socket.rawSender();
    private final Inet4Socket udpReplies = Inet4Socket.raw(Protocol.UDP);
    private final Inet4Socket icmpReplies = Inet4Socket.raw(Protocol.ICMP);
    private final @Nullable PacketSocket uplink;
    private final TcpTermination tcp;
    private final int udpPlace;
    private final int icmpPlace;
    private final int uplinkPlace;

    private final ByteBuffer in = direct();
    private final ByteBuffer out = direct();
    private final EthernetFrame ethernet = new EthernetFrame();
    private final Ipv4Header arriving = new Ipv4Header();
    private final Ipv4Header leaving = new Ipv4Header();
    private final Ipv4Header embedded = new Ipv4Header();
    private final IcmpEcho echo = new IcmpEcho();
    private final UdpHeader udp = new UdpHeader();
    private final Random random = new Random();
    private int nextId = random.nextInt(0x10000);

    /** To be called in the host's namespace; {@code poller} must have room for four more descriptors. */
    NatProcess(LabOptions options, Output output, Poller poller) {
        this.options = options;
        this.output = output;
        this.table = new NatTable(
                options.rewritePorts(), options.perDestination(), options.send() == LabOptions.Send.SOCKET);
        boolean packets = options.send() == LabOptions.Send.PACKET || options.receive() == LabOptions.Receive.PACKET;
        this.uplink = packets ? PacketSocket.openUnfiltered(Topology.UP) : null;
        this.udpPlace = poller.register(udpReplies.descriptor());
        this.icmpPlace = poller.register(icmpReplies.descriptor());
        this.uplinkPlace = uplink != null ? poller.register(uplink.descriptor()) : -1;
        this.tcp = new TcpTermination(output, poller);
    }

    private static ByteBuffer direct() {
        return ByteBuffer.allocateDirect(FRAME_MAX).order(ByteOrder.BIG_ENDIAN);
    }

    /** Takes one frame of the hub; does not change it. */
    void deliver(ByteBuffer frame, int length) {
        if (!ethernet.over(frame, 0, length).check()) {
            return;
        }
        if (ethernet.etherType() == GatewayArp.ETHER_TYPE) {
            int answer = GatewayArp.answer(frame, length, ethernet.source(), out);
            if (answer > 0) {
                output.transmit(out, answer);
            }
        } else if (ethernet.isIpv4() && ethernet.destination() == Topology.NAT_MAC && length <= FRAME_MAX) {
            out.put(0, frame, 0, length);
            Ipv4Header ip = leaving.over(out, EthernetFrame.LENGTH, length - EthernetFrame.LENGTH);
            if (ip.check(false) == Ipv4Header.Problem.NONE
                    && !ip.isFragment()
                    && ip.transportOctets() >= TRANSPORT_HEAD
                    && (ip.source() & 0xFFFFFF00) == GUEST_NETWORK) {
                forward(ip, ethernet.source());
            }
        }
    }

    /** Handles a packet of a guest, which lies in {@link #out}. */
    private void forward(Ipv4Header ip, long guestMac) {
        boolean request = isEchoRequest(ip);
        if (!request && ip.protocol() != Protocol.UDP && ip.protocol() != Protocol.TCP) {
            return;
        }
        if ((ip.destination() & 0xFFFFFF00) == GUEST_NETWORK) {
            if (request && ip.destination() == GATEWAY) {
                answerEcho(ip, guestMac);
            }
            return;
        }
        if (ip.protocol() == Protocol.TCP) {
            tcp.take(ip, out, guestMac);
            return;
        }
        if (ip.timeToLive() <= 1 && options.answerTtlOne()) {
            answerTimeExceeded(ip, guestMac);
            return;
        }
        if (options.decrementTtl()) {
            if (ip.timeToLive() <= 1) {
                return;
            }
            out.put(ip.offset() + 8, (byte) (ip.timeToLive() - 1));
        }
        if (options.rewriteIds() || options.perDestination()) {
            ip.rewriteIdentification(freshId());
        }
        send(ip, translate(ip, guestMac));
    }

    /** Replaces the guest's address and port with the host's. */
    private Binding translate(Ipv4Header ip, long guestMac) {
        int guest = ip.source();
        Binding binding;
        if (ip.protocol() == Protocol.UDP) {
            udp.over(out, ip.transportOffset());
            binding = table.outbound(Protocol.UDP, guest, udp.sourcePort(), ip.destination(), guestMac);
            udp.rewriteSource(guest, HOST, binding.outsidePort());
        } else {
            echo.over(out, ip.transportOffset());
            binding = table.outbound(Protocol.ICMP, guest, echo.identifier(), ip.destination(), guestMac);
            echo.rewriteIdentifier(binding.outsidePort());
        }
        ip.rewriteSource(HOST);
        return binding;
    }

    private void send(Ipv4Header ip, Binding binding) {
        switch (options.send()) {
            case RAW -> sender.send(ip.destination(), 0, out, ip.offset(), ip.totalLength());
            case SOCKET -> sendBySocket(ip, binding);
            case PACKET -> sendByPacketSocket(ip);
        }
    }

    private void sendBySocket(Ipv4Header ip, Binding binding) {
        Inet4Socket socket = binding.socket();
        if (socket == null) {
            return;
        }
        socket.header(ip.timeToLive(), ip.dontFragment());
        if (ip.protocol() == Protocol.UDP) {
            udp.over(out, ip.transportOffset());
            int data = ip.transportOffset() + UdpHeader.LENGTH;
            int length = ip.transportOctets() - UdpHeader.LENGTH;
            socket.send(ip.destination(), udp.destinationPort(), out, data, length);
        } else {
            socket.send(ip.destination(), 0, out, ip.transportOffset(), ip.transportOctets());
        }
    }

    private void sendByPacketSocket(Ipv4Header ip) {
        if (uplink != null) {
            finishHeader(out, ip.offset(), ip.headerLength());
            uplink.queueFrame(Topology.R1_MAC, Topology.UPLINK_MAC, out, ip.offset(), ip.totalLength());
            uplink.sendFrames();
        }
    }

    private void answerEcho(Ipv4Header request, long guestMac) {
        int at = request.transportOffset();
        int length = request.transportOctets();
        in.put(0, out, at, length);
        in.put(0, (byte) IcmpEcho.TYPE_REPLY);
        begin(guestMac, GATEWAY, request.source(), Protocol.ICMP, length);
        finishIcmp(in, 0, length);
    }

    /** Quotes as a router does: the whole header and eight octets (RFC 792). */
    private void answerTimeExceeded(Ipv4Header probe, long guestMac) {
        int quote = probe.headerLength() + TRANSPORT_HEAD;
        int length = TRANSPORT_HEAD + quote;
        in.putLong(0, (long) IcmpError.TYPE_TIME_EXCEEDED << 56);
        in.put(TRANSPORT_HEAD, out, probe.offset(), quote);
        begin(guestMac, GATEWAY, probe.source(), Protocol.ICMP, length);
        finishIcmp(in, 0, length);
    }

    /** Handles packets from outside. */
    void receive(Poller poller) {
        tcp.serve(poller);
        if (poller.ready(udpPlace)) {
            drain(udpReplies, this::udpReply);
        }
        if (poller.ready(icmpPlace)) {
            drain(icmpReplies, ip -> options.receive() == LabOptions.Receive.RAW ? icmpReply(ip) : echoReply(ip));
        }
        PacketSocket link = uplink;
        if (link != null && poller.ready(uplinkPlace)) {
            int frames = link.receive();
            for (int i = 0; i < frames; i++) {
                if (!link.outgoing(i) && options.receive() == LabOptions.Receive.PACKET) {
                    in.put(0, link.buffer(i), link.offset(i), link.length(i));
                    capturedError(link.length(i));
                }
            }
        }
    }

    private void drain(Inet4Socket socket, Predicate<Ipv4Header> taker) {
        for (int i = 0; i < BATCH; i++) {
            int length = socket.receive(in);
            if (length == 0) {
                return;
            }
            if (isForHost(arriving.over(in, 0, length))) {
                boolean unused = taker.test(arriving);
            }
        }
    }

    private static boolean isForHost(Ipv4Header ip) {
        return ip.check(false) == Ipv4Header.Problem.NONE
                && !ip.isFragment()
                && ip.destination() == HOST
                && ip.transportOctets() >= TRANSPORT_HEAD;
    }

    private boolean udpReply(Ipv4Header ip) {
        int at = ip.transportOffset();
        int length = ip.transportOctets();
        Binding binding = table.inbound(Protocol.UDP, udp.over(in, at).destinationPort());
        if (binding == null) {
            return false;
        }
        begin(binding.guestMac(), ip.source(), binding.guestAddress(), Protocol.UDP, length);
        int to = EthernetFrame.LENGTH + Ipv4Header.MIN_LENGTH;
        out.put(to, in, at, length);
        udp.over(out, to).rewriteDestination(ip.source(), binding.guestAddress(), binding.guestPort(), length);
        output.transmit(out, to + length);
        return true;
    }

    private boolean icmpReply(Ipv4Header ip) {
        return echoReply(ip) || error(ip);
    }

    private boolean echoReply(Ipv4Header ip) {
        echo.over(in, ip.transportOffset());
        Binding binding = table.inbound(Protocol.ICMP, echo.identifier());
        if (echo.type() != IcmpEcho.TYPE_REPLY || binding == null) {
            return false;
        }
        echo.rewriteIdentifier(binding.guestPort());
        begin(binding.guestMac(), ip.source(), binding.guestAddress(), Protocol.ICMP, ip.transportOctets());
        finishIcmp(in, ip.transportOffset(), ip.transportOctets());
        return true;
    }

    private void capturedError(int length) {
        if (!ethernet.over(in, 0, length).check() || !ethernet.isIpv4()) {
            return;
        }
        Ipv4Header ip = arriving.over(in, EthernetFrame.LENGTH, length - EthernetFrame.LENGTH);
        if (isForHost(ip) && ip.protocol() == Protocol.ICMP) {
            boolean unused = error(ip);
        }
    }

    /** Delivers an ICMP error to the guest that sent the probe, if the options say so; natexd has to notice that. */
    private boolean error(Ipv4Header ip) {
        int at = ip.transportOffset();
        int quote = at + TRANSPORT_HEAD;
        int quoted = ip.transportOctets() - TRANSPORT_HEAD;
        if (!handsOver(in.get(at) & 0xFF, in.get(at + 1) & 0xFF)
                || embedded.over(in, quote, quoted).check(true) != Ipv4Header.Problem.NONE
                || embedded.transportOctets() < TRANSPORT_HEAD
                || embedded.source() != HOST) {
            return false;
        }
        Binding binding = revertEmbedded();
        if (binding == null) {
            return false;
        }
        embedded.rewriteSource(binding.guestAddress());
        begin(binding.guestMac(), ip.source(), binding.guestAddress(), Protocol.ICMP, ip.transportOctets());
        finishIcmp(in, at, ip.transportOctets());
        return true;
    }

    private boolean handsOver(int type, int code) {
        return switch (options.handOver()) {
            case NONE -> false;
            case ECHO, ALL -> IcmpError.isErrorType(type);
            case PORT_UNREACHABLE ->
                type == IcmpError.TYPE_DESTINATION_UNREACHABLE && code == IcmpError.CODE_PORT_UNREACHABLE;
        };
    }

    private @Nullable Binding revertEmbedded() {
        int head = embedded.transportOffset();
        if (embedded.protocol() == Protocol.UDP && options.handOver() != LabOptions.HandOver.ECHO) {
            udp.over(in, head);
            Binding binding = table.inbound(Protocol.UDP, udp.sourcePort());
            if (binding != null) {
                udp.rewriteSource(HOST, binding.guestAddress(), binding.guestPort());
            }
            return binding;
        }
        if (isEchoRequest(embedded, in)) {
            echo.over(in, head);
            Binding binding = table.inbound(Protocol.ICMP, echo.identifier());
            if (binding != null) {
                echo.rewriteIdentifier(binding.guestPort());
            }
            return binding;
        }
        return null;
    }

    private boolean isEchoRequest(Ipv4Header ip) {
        return isEchoRequest(ip, out);
    }

    private boolean isEchoRequest(Ipv4Header ip, ByteBuffer buffer) {
        return ip.protocol() == Protocol.ICMP
                && echo.over(buffer, ip.transportOffset()).type() == IcmpEcho.TYPE_REQUEST;
    }

    /** Begins a frame to a guest in {@link #out}: Ethernet and a fresh IP header. */
    private void begin(long guestMac, int source, int guest, int protocol, int length) {
        int total = Ipv4Header.MIN_LENGTH + length;
        EthernetFrame.write(out, 0, guestMac, Topology.NAT_MAC, EthernetFrame.TYPE_IPV4);
        Ipv4Header.write(out, EthernetFrame.LENGTH, 0, total, freshId(), 0, FRESH_TTL, protocol, source, guest);
    }

    /** Appends an ICMP message with a computed checksum to the begun frame, and sends it. */
    private void finishIcmp(ByteBuffer message, int offset, int length) {
        int to = EthernetFrame.LENGTH + Ipv4Header.MIN_LENGTH;
        out.put(to, message, offset, length);
        out.putShort(to + 2, (short) 0);
        out.putShort(to + 2, (short) Checksum.complement(Checksum.sum(out, to, length)));
        output.transmit(out, to + length);
    }

    private static void finishHeader(ByteBuffer buffer, int offset, int length) {
        buffer.putShort(offset + 10, (short) 0);
        buffer.putShort(offset + 10, (short) Checksum.complement(Checksum.sum(buffer, offset, length)));
    }

    /** The next one, or any; never 0, which the kernel would replace. */
    private int freshId() {
        nextId = options.perDestination() ? 1 + random.nextInt(0xFFFF) : nextId % 0xFFFF + 1;
        return nextId;
    }

    @Override
    public void close() {
        tcp.close();
        table.close();
        sender.close();
        udpReplies.close();
        icmpReplies.close();
        if (uplink != null) {
            uplink.close();
        }
    }
}
