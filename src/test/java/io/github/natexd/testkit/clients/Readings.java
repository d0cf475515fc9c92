package io.github.natexd.testkit.clients;

import io.github.natexd.lab.Topology;
import io.github.natexd.lab.Traceroute;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Parses the output of {@link Client}s: the hops in order, then everything else that a user learns or misses. */
public final class Readings {
    private static final String UNANSWERED_PROBES = "probes without an answer";
    /** The signs for a missing response. */
    public static final List<String> MISSING = List.of("*", UNANSWERED_PROBES);

    /** A star, or a loss, at a hop that has responded to other probes. */
    private static final Pattern UNANSWERED =
            Pattern.compile("(?m)^ *\\d+ .*\\d\\.\\d.* \\*|^ *\\d+\\.\\|-- [\\d.]++ ++(?!0\\.0%)|no reply");

    private static final Pattern MTU = Pattern.compile("(?m)^ +Resume: (pmtu \\d+)");
    private static final Pattern RAW_LINE = Pattern.compile("(?m)^([hm]) (\\d+) (.*\\S)");
    private static final Pattern FPING_ANSWER =
            Pattern.compile("(?m)^ICMP Time Exceeded from (\\S+) for ICMP Echo|^(\\S+) is alive$");
    private static final Pattern HPING_ANSWER =
            Pattern.compile("(?:TTL 0 during transit from|Port Unreachable from|len=\\d+) ip=([\\d.]+)");
    private static final Pattern NMAP_ROW = Pattern.compile("(?m)^\\d+ +[\\d.]+ ms +(\\S+)$");

    private Readings() {}

    /** Parses the output of programs that print a line for each hop. */
    public static List<String> hops(String output) {
        List<String> seen = new ArrayList<>(Traceroute.hops(output));
        if (UNANSWERED.matcher(output).find()) {
            seen.add(UNANSWERED_PROBES);
        }
        return seen;
    }

    static List<String> tracepath(String output) {
        List<String> seen = hops(output);
        MTU.matcher(output).results().map(found -> found.group(1)).forEach(seen::add);
        return seen;
    }

    /** Has a line {@code h} for each response at a hop, counted from 0, and {@code m} for each label in it. */
    static List<String> mtrRaw(String output) {
        Map<Integer, String> hops = new TreeMap<>();
        List<String> labels = new ArrayList<>();
        for (MatchResult line : RAW_LINE.matcher(output).results().toList()) {
            if (line.group(1).equals("h")) {
                hops.putIfAbsent(Integer.valueOf(line.group(2)), line.group(3));
            } else {
                labels.add("label " + line.group(3));
            }
        }
        List<String> seen = upToTarget(List.copyOf(hops.values()));
        labels.stream().distinct().forEach(seen::add);
        return seen;
    }

    static List<String> fping(String output) {
        return answers(FPING_ANSWER, output);
    }

    static List<String> hping(String output) {
        return answers(HPING_ANSWER, output);
    }

    static List<String> nmap(String output) {
        return answers(NMAP_ROW, output);
    }

    private static List<String> answers(Pattern pattern, String output) {
        return upToTarget(pattern.matcher(output)
                .results()
                .map(answer -> answer.group(1) == null ? answer.group(2) : answer.group(1))
                .toList());
    }

    /** Ends the hops at the target, because some programs do not stop there. */
    private static List<String> upToTarget(List<String> hops) {
        int target = hops.indexOf(Topology.TARGET);
        return new ArrayList<>(target < 0 ? hops : hops.subList(0, target + 1));
    }
}
