package io.github.natexd.cli.doctor;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Replaces addresses with names that show only which addresses are equal: {@code mac-1}, {@code ipv4-1}, {@code ipv6-1}.
 * The numbers follow the order of appearance in all texts of one mask. Text that only looks like an address (a version
 * of four numbers) is replaced too: one replacement too many does no harm.
 */
final class AddressMask {
    private static final String HEX = "[0-9A-Fa-f]";
    private static final String GROUP = HEX + "{1,4}";
    private static final String GROUPS = GROUP + "(?::" + GROUP + ")*";

    /** Six octets or more, as {@code ip link} prints the addresses of links other than Ethernet. */
    private static final Pattern MAC =
            Pattern.compile("(?<![0-9A-Fa-f:-])" + HEX + "{2}(?:[:-]" + HEX + "{2}){5,}(?![0-9A-Fa-f])");

    private static final Pattern IPV4 = Pattern.compile("(?<!\\d)\\d{1,3}(?:\\.\\d{1,3}){3}(?!\\d)");
    private static final Pattern IPV6 = Pattern.compile(
            "(?<![\\w:])(?:(?:" + GROUP + ":){7}" + GROUP + "|(?:" + GROUPS + ")?::(?:" + GROUPS + ")?)(?![\\w:])");

    private final Map<String, String> names = new HashMap<>();
    private final Map<String, Integer> counts = new HashMap<>();

    /** The text without addresses. */
    String mask(String text) {
        return replace("ipv6", IPV6, replace("ipv4", IPV4, replace("mac", MAC, text)));
    }

    private String replace(String kind, Pattern pattern, String text) {
        return pattern.matcher(text).replaceAll(address -> Matcher.quoteReplacement(name(kind, address.group())));
    }

    private String name(String kind, String address) {
        return names.computeIfAbsent(
                address.toLowerCase(java.util.Locale.ROOT).replace('-', ':'),
                unseen -> kind + "-" + counts.merge(kind, 1, Integer::sum));
    }
}
