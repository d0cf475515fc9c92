package io.github.natexd.linux.netlink;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * News of deleted nftables rules (linux/netfilter/nf_tables.h): natexd's own may be among them. Added rules and tables
 * of other names do not matter, so a busy firewall does not keep natexd busy.
 */
public final class RuleNews implements AutoCloseable {
    private static final int NFNLGRP_NFTABLES = 7;
    private static final int NFNL_SUBSYS_NFTABLES = 10;
    private static final int NFT_MSG_DELTABLE = 2;
    private static final int NFT_MSG_DELCHAIN = 5;
    private static final int NFT_MSG_DELRULE = 8;
    /** struct nfgenmsg { u8 family; u8 version; be16 resource; } */
    private static final int NFGENMSG_LENGTH = 4;

    /** NFTA_TABLE_NAME, NFTA_CHAIN_TABLE, NFTA_RULE_TABLE: the table's name is the first attribute of all three. */
    private static final int TABLE_NAME = 1;

    private final List<byte[]> tables;
    private final NetlinkNews news;

    private RuleNews(List<byte[]> tables) {
        this.tables = tables;
        news = new NetlinkNews(
                NetlinkSocket.NETLINK_NETFILTER,
                "listen to nftables notifications",
                this::isRelevant,
                NFNLGRP_NFTABLES);
    }

    /** Listens to deletions in tables of these names (of any family); without names: in all tables. */
    public static RuleNews open(String... tables) {
        return new RuleNews(List.of(tables).stream()
                .map(name -> name.getBytes(StandardCharsets.UTF_8))
                .toList());
    }

    public int descriptor() {
        return news.descriptor();
    }

    /** Reads the waiting news; returns whether something was deleted (also by natexd itself) or news were lost. */
    public boolean drain() {
        return news.drain();
    }

    private boolean isRelevant(Messages message) {
        return isDeletion(message, tables);
    }

    static boolean isDeletion(Messages message, List<byte[]> tables) {
        int what = message.type() & 0xff;
        if (message.type() >>> 8 != NFNL_SUBSYS_NFTABLES
                || (what != NFT_MSG_DELTABLE && what != NFT_MSG_DELCHAIN && what != NFT_MSG_DELRULE)) {
            return false;
        }
        Attributes attributes = message.attributes(NFGENMSG_LENGTH);
        if (tables.isEmpty() || !attributes.find(TABLE_NAME)) {
            return true;
        }
        for (byte[] table : tables) {
            if (isNamed(message.buffer(), attributes.offset(), attributes.length(), table)) {
                return true;
            }
        }
        return false;
    }

    /** Whether the value is this name, with or without a NUL behind it. */
    private static boolean isNamed(ByteBuffer buffer, int value, int valueLength, byte[] name) {
        boolean terminated = valueLength > 0 && buffer.get(value + valueLength - 1) == 0;
        if (valueLength - (terminated ? 1 : 0) != name.length) {
            return false;
        }
        for (int i = 0; i < name.length; i++) {
            if (buffer.get(value + i) != name[i]) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() {
        news.close();
    }
}
