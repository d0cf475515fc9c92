package io.github.natexd.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parses the output of the various traceroute programs, called with {@code -n} (numbers instead of names). */
public final class Traceroute {
    /** More hops than the lab has, so that an extra hop is noticed. */
    public static final int HOPS_MAX = 9;

    /** Hop number (mtr: with ".|--"; tracepath: with ":" and perhaps "?"), then the address or a sign for none. */
    private static final Pattern HOP = Pattern.compile(
            "^\\s*(\\d+)(?:\\.\\|--|\\?:|:)?\\s+(\\d+\\.\\d+\\.\\d+\\.\\d+|\\*|\\?\\?\\?|no reply)(?:\\s.*)?$");

    private Traceroute() {}

    /**
     * The address at each hop, in order; {@code *} for none. tracepath prints a line for each response; the last one of
     * a hop counts, because the first may be from the previous router, which reported the MTU.
     */
    public static List<String> hops(String output) {
        List<String> hops = new ArrayList<>();
        for (String line : output.lines().toList()) {
            Matcher hop = HOP.matcher(line);
            if (hop.matches()) {
                int number = Integer.parseInt(hop.group(1));
                String answer = hop.group(2);
                if (number <= hops.size()) {
                    hops.remove(hops.size() - 1);
                }
                hops.add(Character.isDigit(answer.charAt(0)) ? answer : firstAddress(line));
            }
        }
        return hops;
    }

    /** {@code * * 10.0.12.2} has an address, too: the response to the third probe. */
    private static String firstAddress(String line) {
        Matcher address = Pattern.compile("\\d+\\.\\d+\\.\\d+\\.\\d+").matcher(line);
        return address.find() ? address.group() : "*";
    }
}
