package io.github.natexd.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads what the various traceroute programs print, when called with {@code -n} (numbers for names). */
public final class Traceroute {
    /** More hops than the lab has, so that one too many shows. */
    public static final int HOPS_MAX = 9;

    /** Hop number (mtr: with ".|--"; tracepath: with ":" and perhaps "?"), then the address or what stands for none. */
    private static final Pattern HOP = Pattern.compile(
            "^\\s*(\\d+)(?:\\.\\|--|\\?:|:)?\\s+(\\d+\\.\\d+\\.\\d+\\.\\d+|\\*|\\?\\?\\?|no reply)(?:\\s.*)?$");

    private Traceroute() {}

    /**
     * The answer at each hop, in order; none: {@code *}. tracepath prints a line for each answer; the last one of a hop
     * counts, since the first may be of the router before, which told the MTU.
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

    /** {@code * * 10.0.12.2} is an answer too, to the third probe. */
    private static String firstAddress(String line) {
        Matcher address = Pattern.compile("\\d+\\.\\d+\\.\\d+\\.\\d+").matcher(line);
        return address.find() ? address.group() : "*";
    }
}
