package io.github.natexd.wire;

/** IPv4 addresses as ints, as {@code getInt} reads them, and as dotted quads. */
public final class Ipv4Address {
    /** How many values {@link #lastOctet} has. */
    public static final int LAST_OCTETS = 256;

    private static final int OCTETS = 4;
    private static final int MAX_DIGITS = 3;

    private Ipv4Address() {}

    public static String text(int address) {
        return (address >>> 24) + "." + (address >>> 16 & 0xFF) + "." + (address >>> 8 & 0xFF) + "." + (address & 0xFF);
    }

    /** Identifies an address in a network of VMware's size, a /24. In a larger one, some addresses share a number. */
    public static int lastOctet(int address) {
        return address & 0xFF;
    }

    /** 0/8, 127/8, 224/4 (multicast) and the broadcast address: never the address of one machine on a network. */
    public static boolean isNobodys(int address) {
        int first = address >>> 24;
        return first == 0 || first == 127 || first >>> 4 == 14 || address == -1;
    }

    /**
     * Reads a dotted quad: four decimal numbers and nothing else. Rejects leading zeros, because some programs read
     * such numbers as octal.
     *
     * @throws IllegalArgumentException if the text is not such an address
     */
    public static int parse(String text) {
        String[] octets = text.split("\\.", -1);
        if (octets.length != OCTETS) {
            throw notAnAddress(text);
        }
        int address = 0;
        for (String octet : octets) {
            address = address << 8 | octet(octet, text);
        }
        return address;
    }

    private static int octet(String digits, String text) {
        boolean leadingZero = digits.length() > 1 && digits.charAt(0) == '0';
        if (digits.isEmpty() || digits.length() > MAX_DIGITS || leadingZero) {
            throw notAnAddress(text);
        }
        int value = 0;
        for (int i = 0; i < digits.length(); i++) {
            char digit = digits.charAt(i);
            if (digit < '0' || digit > '9') {
                throw notAnAddress(text);
            }
            value = 10 * value + (digit - '0');
        }
        if (value > 0xFF) {
            throw notAnAddress(text);
        }
        return value;
    }

    private static IllegalArgumentException notAnAddress(String text) {
        return new IllegalArgumentException("not an IPv4 address: \"" + text + "\"");
    }
}
