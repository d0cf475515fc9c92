package io.github.natexd.config;

import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** IPv4 addresses as text: only dotted quads, without leading zeros (some programs read them as octal). */
final class Ipv4Text {
    private static final String NUMBER = "(0|[1-9][0-9]{0,2})";
    private static final Pattern QUAD = Pattern.compile(String.join("\\.", NUMBER, NUMBER, NUMBER, NUMBER));

    private Ipv4Text() {}

    /** The address in network order; empty if the text is not an address. */
    static OptionalInt parse(String text) {
        Matcher quad = QUAD.matcher(text);
        if (!quad.matches()) {
            return OptionalInt.empty();
        }
        int address = 0;
        for (int group = 1; group <= 4; group++) {
            int number = Integer.parseInt(quad.group(group));
            if (number > 255) {
                return OptionalInt.empty();
            }
            address = address << 8 | number;
        }
        return OptionalInt.of(address);
    }

    /** The dotted quad that {@link #parse} reads. */
    static String text(int address) {
        return (address >>> 24) + "." + (address >>> 16 & 0xFF) + "." + (address >>> 8 & 0xFF) + "." + (address & 0xFF);
    }

    /** Not "this network", loopback, multicast, reserved or broadcast (RFC 1122, section 3.2.1.3). */
    static boolean canBeHost(int address) {
        int first = address >>> 24;
        return first != 0 && first != 127 && first < 224;
    }
}
