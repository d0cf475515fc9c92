package io.github.natexd.cli.paths;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** The paths as tables for people. */
final class PathsText {
    private static final int HOP_WIDTH = 5;
    private static final int ROUTER_WIDTH = 30;
    private static final int COUNT_WIDTH = 6;
    private static final int TIME_WIDTH = 9;
    private static final double MICROS_OF_HUNDREDTH = 10;
    private static final int PERCENT = 100;
    private static final List<String> NO_TIMES = List.of("-", "-", "-", "-", "-");

    private final UnaryOperator<String> names;

    /** @param names an address as it is shown: itself, or with a name */
    PathsText(UnaryOperator<String> names) {
        this.names = names;
    }

    List<String> lines(Collection<Path> paths) {
        List<String> lines = new ArrayList<>();
        for (Path path : paths) {
            if (!lines.isEmpty()) {
                lines.add("");
            }
            Path.Key key = path.key();
            lines.add(names.apply(key.guest()) + " to " + names.apply(key.target()) + ", " + key.protocol()
                    + (path.isComplete() ? "" : " (no answer from the target)"));
            lines.add(
                    row("HOP", "ROUTER", "SENT", "LOST", List.of("LAST", "AVG", "BEST", "WORST", "SPREAD"), "REMARKS"));
            addHops(lines, path.hops());
        }
        return lines;
    }

    private void addHops(List<String> lines, List<Hop> hops) {
        int silent = silentAtTheEnd(hops);
        int shown = silent < 2 ? hops.size() : hops.size() - silent;
        for (Hop hop : hops.subList(0, shown)) {
            addHop(lines, hop);
        }
        if (shown < hops.size()) {
            List<Hop> rest = hops.subList(shown, hops.size());
            int sent = rest.stream().mapToInt(hop -> hop.balance().sentProbes()).sum();
            int lost = rest.stream().mapToInt(hop -> hop.balance().lostProbes()).sum();
            String numbers =
                    rest.get(0).number() + "-" + rest.get(rest.size() - 1).number();
            lines.add(row(numbers, "?", sent, percent(lost, sent), NO_TIMES, lost > 0 ? silence(rest) : "waiting"));
        }
    }

    private static String silence(List<Hop> hops) {
        return hops.stream()
                .flatMap(hop -> hop.remarks().keySet().stream())
                .map(Remark::text)
                .findFirst()
                .orElse("");
    }

    private static int silentAtTheEnd(List<Hop> hops) {
        int silent = 0;
        while (silent < hops.size()) {
            Hop hop = hops.get(hops.size() - 1 - silent);
            if (hop.balance().answeredProbes() > 0
                    || !hop.remarks().keySet().stream().allMatch(Remark::isSilence)) {
                break;
            }
            silent++;
        }
        return silent;
    }

    private void addHop(List<String> lines, Hop hop) {
        Times times = hop.times();
        List<String> cells = times.isEmpty()
                ? NO_TIMES
                : List.of(
                        millis(times.last()),
                        millis(times.average()),
                        millis(times.best()),
                        millis(times.worst()),
                        millis(times.spread()));
        List<String> routers =
                hop.routers().entrySet().stream().map(this::router).toList();
        lines.add(row(
                hop.number(),
                routers.isEmpty() ? "?" : routers.get(0),
                hop.balance().sentProbes(),
                percent(hop.balance().lostProbes(), hop.balance().sentProbes()),
                cells,
                remarks(hop)));
        routers.stream().skip(1).forEach(router -> lines.add(row("", router, "", "", List.of("", "", "", "", ""), "")));
    }

    private String router(Map.Entry<String, Hop.Router> router) {
        List<Integer> labels = router.getValue().labels;
        return names.apply(router.getKey()) + (labels.isEmpty() ? "" : " MPLS " + joined(labels, " "));
    }

    static String remarks(Hop hop) {
        List<String> all = new ArrayList<>();
        hop.nextHopMtu().ifPresent(mtu -> all.add("MTU " + mtu));
        hop.remarks()
                .forEach((remark, probes) -> all.add(
                        probes == hop.balance().sentProbes()
                                ? remark.text()
                                : remark.text() + " (" + probes + " of "
                                        + hop.balance().sentProbes() + ")"));
        return String.join("; ", all);
    }

    static String joined(Collection<?> parts, String delimiter) {
        return parts.stream().map(String::valueOf).collect(Collectors.joining(delimiter));
    }

    static String percent(int part, int all) {
        return all == 0 ? "-" : Math.round((double) PERCENT * part / all) + "%";
    }

    static String millis(long micros) {
        long hundredths = Math.round(micros / MICROS_OF_HUNDREDTH);
        long rest = hundredths % PERCENT;
        return hundredths / PERCENT + (rest < 10 ? ".0" : ".") + rest;
    }

    /** Without format strings, which take a quarter of a second for thousands of rows. */
    private static String row(Object hop, String router, Object sent, String lost, List<String> times, String remarks) {
        StringBuilder row = new StringBuilder();
        right(row, String.valueOf(hop), HOP_WIDTH);
        row.append("  ").append(router).append(" ".repeat(Math.max(0, ROUTER_WIDTH - router.length())));
        right(row, String.valueOf(sent), COUNT_WIDTH);
        right(row, lost, COUNT_WIDTH);
        times.forEach(time -> right(row, time, TIME_WIDTH));
        return row.append("  ").append(remarks).toString().stripTrailing();
    }

    private static void right(StringBuilder row, String cell, int width) {
        row.append(" ".repeat(Math.max(1, width - cell.length()))).append(cell);
    }
}
