package io.github.natexd.linux.netfilter;

import io.github.natexd.linux.libc.Errno;
import io.github.natexd.linux.libc.MessageVector;
import io.github.natexd.linux.libc.Native;
import io.github.natexd.linux.libc.OsException;
import io.github.natexd.linux.netlink.Attributes;
import io.github.natexd.linux.netlink.Messages;
import io.github.natexd.linux.netlink.NetlinkSocket;
import io.github.natexd.ports.EgressLog;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * An NFLOG group: copies of the probes that leave the host (linux/netfilter/nfnetlink_log.h), in natexd's own messages.
 * <pre>
 *  0 struct nlmsghdr   { u32 length; u16 type; … }         host byte order
 * 16 struct nfgenmsg   { u8 family; u8 version; be16 group }
 * 20 attributes        NFULA_PACKET_HDR, …, NFULA_UID { be32 }, NFULA_SEQ { be32 }, NFULA_PAYLOAD
 * </pre>
 * With a threshold of 1 each datagram usually has one message, but the kernel may put several into one.
 *
 * <p>The protocol family is not bound to NFLOG (NFULNL_CFG_CMD_PF_BIND): a rule that names its group does not need it,
 * and it would permanently redirect the logging of the whole host (sysctl net.netfilter.nf_log.2).
 */
public final class NetfilterLog implements EgressLog, AutoCloseable {
    /** A 60-octet IPv4 header and 8 octets behind it. */
    private static final int COPY_RANGE = 68;

    private static final int DATAGRAMS = 64;
    private static final int SLOT_LENGTH = 1024;
    /** Usually each datagram has one message. Copies beyond these count as overflows: their numbers are missing. */
    private static final int CAPACITY = DATAGRAMS * 4;

    private static final int RECEIVE_BUFFER = 8 << 20;

    private static final int CONFIG = 4 << 8 | 1; // NFNL_SUBSYS_ULOG, NFULNL_MSG_CONFIG
    private static final int PACKET = 4 << 8; // NFULNL_MSG_PACKET
    private static final int NFGENMSG_LENGTH = 4;
    private static final int ATTRIBUTES = NetlinkSocket.HEADER_LENGTH + NFGENMSG_LENGTH;

    private static final int NFULA_CFG_CMD = 1;
    private static final int NFULA_CFG_MODE = 2;
    private static final int NFULA_CFG_TIMEOUT = 4;
    private static final int NFULA_CFG_QTHRESH = 5;
    private static final int NFULA_CFG_FLAGS = 6;
    private static final byte NFULNL_CFG_CMD_BIND = 1;
    private static final byte NFULNL_COPY_PACKET = 2;
    private static final short NFULNL_CFG_F_SEQ = 1;

    private static final int NFULA_PAYLOAD = 9;
    private static final int NFULA_UID = 11;
    private static final int NFULA_SEQ = 12;

    private final NetlinkSocket netlink;
    private final MessageVector datagrams = new MessageVector(DATAGRAMS, SLOT_LENGTH, 0);
    private final Messages messages = new Messages();
    private final int[] offsets = new int[CAPACITY];
    private final int[] lengths = new int[CAPACITY];
    private final int[] uids = new int[CAPACITY];
    private final Overflows overflows = new Overflows();
    private int count;

    private NetfilterLog(NetlinkSocket netlink) {
        this.netlink = netlink;
    }

    /** Binds group {@code group}; the rule that fills it may be loaded before or after. */
    public static NetfilterLog open(int group) {
        NetlinkSocket netlink = new NetlinkSocket(NetlinkSocket.NETLINK_NETFILTER, "bind NFLOG group " + group);
        try {
            configure(netlink, group);
            return new NetfilterLog(netlink);
        } catch (OsException e) {
            netlink.close();
            throw e;
        }
    }

    private static void configure(NetlinkSocket netlink, int group) {
        Native.setReceiveBuffer(netlink.descriptor(), RECEIVE_BUFFER);
        NetlinkSocket.noOverrunErrors(netlink.descriptor());
        ByteBuffer value = ByteBuffer.allocate(6).order(ByteOrder.BIG_ENDIAN);
        command(netlink, group, NFULA_CFG_CMD, value.put(0, NFULNL_CFG_CMD_BIND), 1);
        command(netlink, group, NFULA_CFG_QTHRESH, value.putInt(0, 1), Integer.BYTES);
        command(netlink, group, NFULA_CFG_TIMEOUT, value.putInt(0, 1), Integer.BYTES); // hundredths of a second
        command(netlink, group, NFULA_CFG_FLAGS, value.putShort(0, NFULNL_CFG_F_SEQ), Short.BYTES);
        // struct nfulnl_msg_config_mode { be32 copy range; u8 copy mode; u8 padding; }
        command(netlink, group, NFULA_CFG_MODE, value.putInt(0, COPY_RANGE).put(4, NFULNL_COPY_PACKET), 6);
    }

    private static void command(NetlinkSocket netlink, int group, int type, ByteBuffer value, int valueLength) {
        int length = ATTRIBUTES + NetlinkSocket.ATTRIBUTE_HEADER_LENGTH + valueLength;
        ByteBuffer message = Native.allocate(NetlinkSocket.align(length));
        NetlinkSocket.putHeader(message, 0, length, CONFIG, NetlinkSocket.NLM_F_REQUEST | NetlinkSocket.NLM_F_ACK);
        message.put(18, (byte) (group >>> 8)).put(19, (byte) group);
        NetlinkSocket.putAttributeHeader(message, ATTRIBUTES, valueLength, type);
        message.put(ATTRIBUTES + NetlinkSocket.ATTRIBUTE_HEADER_LENGTH, value, 0, valueLength);
        int errno = netlink.request(message, message.capacity());
        if (errno != 0) {
            throw new OsException("bind NFLOG group " + group, errno, hint(errno, group));
        }
    }

    private static String hint(int errno, int group) {
        if (NetlinkSocket.isUnknownToKernel(errno)) {
            return "this kernel has no NFLOG (CONFIG_NETFILTER_NETLINK_LOG): modprobe nfnetlink_log, or use another"
                    + " kernel";
        }
        if (errno != Errno.EPERM && errno != Errno.EBUSY) {
            return "";
        }
        return "either CAP_NET_ADMIN is missing (run as root or as natexd.service), or another process owns group "
                + group + " (is natexd running already? if not, choose another log-group under [queue])";
    }

    /** The descriptor to poll for input. */
    public int descriptor() {
        return netlink.descriptor();
    }

    @Override
    public int receive() {
        count = 0;
        int received = datagrams.receive(netlink.descriptor());
        if (received < 0) {
            overflows.failed(-received, "receive from NFLOG");
            return 0;
        }
        for (int slot = 0; slot < received; slot++) {
            readDatagram(datagrams.offset(slot), datagrams.offset(slot) + datagrams.length(slot));
        }
        return count;
    }

    private void readDatagram(int start, int end) {
        messages.over(datagrams.nativeOctets(), start, end);
        while (count < CAPACITY && messages.next()) {
            if (messages.type() == PACKET && readPacket()) {
                count++;
            }
        }
    }

    /** Reads one message into place {@link #count}; false if it has no octets of a packet. */
    private boolean readPacket() {
        uids[count] = NO_UID;
        lengths[count] = 0;
        Attributes attributes = messages.attributes(NFGENMSG_LENGTH);
        while (attributes.next()) {
            switch (attributes.type()) {
                case NFULA_PAYLOAD -> {
                    offsets[count] = attributes.offset();
                    lengths[count] = attributes.length();
                }
                case NFULA_UID -> uids[count] = attributes.networkInt();
                case NFULA_SEQ -> overflows.received(attributes.networkInt());
                default -> {}
            }
        }
        return lengths[count] > 0;
    }

    @Override
    public boolean mayHaveMore() {
        return datagrams.filled();
    }

    @Override
    public ByteBuffer buffer(int index) {
        return datagrams.octets();
    }

    @Override
    public int offset(int index) {
        return offsets[index];
    }

    @Override
    public int length(int index) {
        return lengths[index];
    }

    @Override
    public int uid(int index) {
        return uids[index];
    }

    @Override
    public long overflows() {
        return overflows.count();
    }

    @Override
    public void close() {
        netlink.close(); // the kernel unbinds the group
    }
}
