package io.github.natexd.wire;

/** MAC addresses as 48-bit numbers, first octet highest, and as six hexadecimal octets with colons. */
public final class MacAddress {
    public static final long BROADCAST = 0xFFFF_FFFF_FFFFL;

    private static final int OCTETS = 6;

    private MacAddress() {}

    /** A multicast address or the broadcast address. */
    public static boolean isGroup(long address) {
        return (address & 0x0100_0000_0000L) != 0;
    }

    public static String text(long address) {
        StringBuilder text = new StringBuilder(3 * OCTETS - 1);
        for (int shift = 8 * (OCTETS - 1); shift >= 0; shift -= 8) {
            int octet = (int) (address >>> shift) & 0xFF;
            text.append(Character.forDigit(octet >>> 4, 16)).append(Character.forDigit(octet & 0xF, 16));
            if (shift > 0) {
                text.append(':');
            }
        }
        return text.toString();
    }

    /**
     * Reads six pairs of hexadecimal digits with colons between them.
     *
     * @throws IllegalArgumentException if the text is not such an address
     */
    public static long parse(String text) {
        if (text.length() != 3 * OCTETS - 1) {
            throw notAnAddress(text);
        }
        long address = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (i % 3 == 2) {
                if (c != ':') {
                    throw notAnAddress(text);
                }
            } else {
                address = address << 4 | digit(c, text);
            }
        }
        return address;
    }

    private static int digit(char c, String text) {
        // Character.digit would also accept the digits of other scripts.
        int value = c < 0x80 ? Character.digit(c, 16) : -1;
        if (value < 0) {
            throw notAnAddress(text);
        }
        return value;
    }

    private static IllegalArgumentException notAnAddress(String text) {
        return new IllegalArgumentException("not a MAC address: \"" + text + "\"");
    }
}
