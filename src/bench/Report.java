import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/**
 * Makes a table and a picture of the results of {@code run}: {@code java Report.java RESULTS.tsv TABLE.txt
 * PICTURE.svg}.
 *
 * <p>Every figure is the median over the rounds. Every ratio is the median of the ratios within a round, because other
 * load of the machine affects all programs of a round.
 */
public final class Report {
    private record Program(String key, String name) {}

    private static final Program CLASSIC = new Program("classic", "classic C (a callback each)");
    private static final Program TUNED = new Program("tuned", "tuned C (batches)");
    private static final Program OLDER = new Program("older", "older natexd");

    private static final List<Program> PROGRAMS = List.of(
            new Program("null", "null (accepts unseen)"),
            CLASSIC,
            TUNED,
            new Program("capture", "capture and inject, C"),
            new Program("natexd", "natexd"),
            OLDER);

    /** A column: the metric's name in the results, the heading, how to print it. */
    private record Column(String metric, String heading, String format) {}

    private static final List<Column> COLUMNS = List.of(
            new Column("rate", "packets/s", "%.0f"),
            new Column("1k p50", "1k/s p50 µs", "%.1f"),
            new Column("1k p99", "p99 µs", "%.1f"),
            new Column("10k p50", "10k/s p50 µs", "%.1f"),
            new Column("10k p99", "p99 µs", "%.1f"),
            new Column("first", "first µs", "%.0f"),
            new Column("start", "start ms", "%.0f"),
            new Column("rss", "RSS MiB", "%.1f"));

    /** How many mappings live while the processor time is measured: few, some and many. */
    private static final List<Integer> MAPPINGS = List.of(10, 4096, 65536);

    /** The metric of the processor time per packet, with this many mappings. */
    private static String cpu(int mappings) {
        return mappings + " cpu";
    }

    private static final int NAME_WIDTH = 28;
    private static final int COLUMN_WIDTH = 14;

    /** program → metric → round → values. */
    private final TreeMap<String, TreeMap<String, TreeMap<Integer, List<Double>>>> results = new TreeMap<>();

    private final StringBuilder table = new StringBuilder();

    public static void main(String[] files) throws IOException {
        Locale.setDefault(Locale.ROOT);
        Report report = new Report();
        for (String line : Files.readAllLines(Path.of(files[0]))) {
            report.read(line.split("\t"));
        }
        report.peers();
        report.cost();
        report.tax();
        Files.writeString(Path.of(files[1]), report.table);
        Files.writeString(Path.of(files[2]), report.picture());
        System.out.print(report.table);
    }

    private void read(String[] fields) {
        results.computeIfAbsent(fields[1], key -> new TreeMap<>())
                .computeIfAbsent(fields[2], key -> new TreeMap<>())
                .computeIfAbsent(Integer.valueOf(fields[0]), key -> new ArrayList<>())
                .add(Double.valueOf(fields[3]));
    }

    // ---- figures

    private boolean has(String program, String metric) {
        return results.containsKey(program) && results.get(program).containsKey(metric);
    }

    private double figure(String program, String metric) {
        if (!has(program, metric)) {
            return Double.NaN;
        }
        return median(results.get(program).get(metric).values().stream()
                .flatMap(List::stream)
                .toList());
    }

    /** The median of the ratios of both programs' medians in each round. */
    private double ratio(String program, String other, String metric) {
        return median(ratios(program, metric, other, metric));
    }

    private List<Double> ratios(String program, String metric, String other, String otherMetric) {
        List<Double> ratios = new ArrayList<>();
        if (has(program, metric) && has(other, otherMetric)) {
            var others = results.get(other).get(otherMetric);
            results.get(program).get(metric).forEach((round, values) -> {
                if (others.containsKey(round)) {
                    ratios.add(median(values) / median(others.get(round)));
                }
            });
        }
        return ratios;
    }

    private static double median(List<Double> values) {
        return quantile(values, 0.5);
    }

    private static double quantile(List<Double> values, double part) {
        if (values.isEmpty()) {
            return Double.NaN;
        }
        List<Double> sorted = values.stream().sorted().toList();
        double place = part * (sorted.size() - 1);
        int below = (int) place;
        int above = Math.min(below + 1, sorted.size() - 1);
        return sorted.get(below) + (place - below) * (sorted.get(above) - sorted.get(below));
    }

    /** How many packets of {@code cost}, or of {@code peers}, were lost, wrong, or came twice. */
    private String bad(Program program, boolean ofCost) {
        double sum = 0;
        for (var metric : results.getOrDefault(program.key(), new TreeMap<>()).entrySet()) {
            boolean isOfCost =
                    MAPPINGS.stream().anyMatch(count -> metric.getKey().startsWith(count + " "));
            if (isOfCost == ofCost && metric.getKey().matches("(.* )?(lost|wrong|duplicate)")) {
                sum += metric.getValue().values().stream()
                        .flatMap(List::stream)
                        .mapToDouble(Double::doubleValue)
                        .sum();
            }
        }
        return number("%.0f", sum);
    }

    // ---- the table

    private void peers() {
        List<Program> measured =
                PROGRAMS.stream().filter(program -> has(program.key(), "start")).toList();
        if (measured.isEmpty()) {
            return;
        }
        int rounds = results.get(measured.get(0).key()).get("start").size();
        table.append("Medians of ").append(rounds).append(" rounds; in each round, the programs run in turn.\n\n");
        cell("", -NAME_WIDTH);
        COLUMNS.forEach(column -> cell(column.heading(), COLUMN_WIDTH));
        cell("lost+wrong+twice", COLUMN_WIDTH + 4);
        table.append('\n');
        for (Program program : measured) {
            cell(program.name(), -NAME_WIDTH);
            for (Column column : COLUMNS) {
                cell(number(column.format(), figure(program.key(), column.metric())), COLUMN_WIDTH);
            }
            cell(bad(program, false), COLUMN_WIDTH + 4);
            table.append('\n');
        }
        extras();
        table.append("""

                Rate: while a window of 512 errors is kept in flight from another processor. Latency: from sending the
                error to the frame in the guest, by the kernel's timestamp, including two virtual wires. First: the
                first error after "ready". Start: from exec to "ready", for natexd with its rules loaded, for the others
                without. RSS: after 10^6 packets, natexd ten seconds old. Every packet that arrived was compared octet
                by octet.
                """);
    }

    private void cost() {
        List<Program> measured = PROGRAMS.stream()
                .filter(program -> has(program.key(), cpu(MAPPINGS.get(0))))
                .toList();
        if (measured.isEmpty()) {
            return;
        }
        int rounds =
                results.get(measured.get(0).key()).get(cpu(MAPPINGS.get(0))).size();
        table.append("\nProcessor time per packet, ns: medians of %d rounds.\n".formatted(rounds))
                .append("""
                Each program runs once for each number of mappings, all at the same time. In each round, each of these
                processes gets 50,000 errors.

                """);
        cell("", -NAME_WIDTH);
        for (int mappings : MAPPINGS) {
            cell(mappings + " mappings", COLUMN_WIDTH + 2);
        }
        cell("softirq ns", COLUMN_WIDTH);
        cell("lost+wrong+twice", COLUMN_WIDTH + 4);
        table.append('\n');
        for (Program program : measured) {
            cell(program.name(), -NAME_WIDTH);
            for (int mappings : MAPPINGS) {
                cell(number("%.0f", figure(program.key(), cpu(mappings))), COLUMN_WIDTH + 2);
            }
            cell(number("%.0f", figure(program.key(), "4096 softirq")), COLUMN_WIDTH);
            cell(bad(program, true), COLUMN_WIDTH + 4);
            table.append('\n');
        }
        table.append("\nRatios: the median over the rounds, and the range of the middle half\n");
        for (Program other : List.of(CLASSIC, TUNED, OLDER)) {
            for (int mappings : MAPPINGS) {
                ratioLine(
                        "natexd / %s, %d mappings".formatted(other.name(), mappings),
                        ratios("natexd", cpu(mappings), other.key(), cpu(mappings)));
            }
        }
        ratioLine("classic C / tuned C, 4096 mappings", ratios("classic", cpu(4096), "tuned", cpu(4096)));
        for (Program program : measured) {
            ratioLine(
                    program.name() + ", 65536 / 10 mappings",
                    ratios(program.key(), cpu(65536), program.key(), cpu(10)));
        }
        table.append("""

                Run time of all the program's threads, as the scheduler counts it, while a window of 512 errors is kept
                in flight from another processor; it includes the soft interrupts that ran on top of the threads (the
                frame's way into the guest). The kernel's work before the queue runs on the sender's processor and is
                not counted; softirq is the total run time of the kernel's ksoftirqd threads, with 4096 mappings.
                """);
    }

    private void ratioLine(String name, List<Double> ratios) {
        if (!ratios.isEmpty()) {
            cell("  " + name, -60);
            table.append(
                    "%.3f  (%.3f to %.3f)%n".formatted(median(ratios), quantile(ratios, 0.25), quantile(ratios, 0.75)));
        }
    }

    private void extras() {
        if (has("natexd", "storm rate")) {
            table.append("\nnatexd, each error about a new probe seen just before: %.0f/s, %.0f ns of CPU each\n"
                    .formatted(figure("natexd", "storm rate"), figure("natexd", "storm cpu")));
        }
        if (has("natexd", "allocated")) {
            table.append("natexd allocates %.4f octets of heap per packet (the JVM's own count for its thread)\n"
                    .formatted(figure("natexd", "allocated")));
        }
        if (has("natexd", "wakeups")) {
            table.append("natexd idle: %.1f wake-ups per second\n".formatted(figure("natexd", "wakeups")));
        }
    }

    private void tax() {
        if (!has("with", "datagram")) {
            return;
        }
        table.append("\nThe cost for the host while natexd is idle, with its rules loaded\n");
        table.append("  CPU of a small datagram sent: %.0f ns, without natexd %.0f ns, ratio %.3f\n"
                .formatted(
                        figure("with", "datagram"),
                        figure("without", "datagram"),
                        ratio("with", "without", "datagram")));
        table.append("  packets forwarded per second of CPU: %.0f, without natexd %.0f, ratio %.3f\n"
                .formatted(
                        figure("with", "forward"), figure("without", "forward"), ratio("with", "without", "forward")));
    }

    private void cell(String text, int width) {
        table.append(("%" + width + "s").formatted(text));
    }

    private static String number(String format, double value) {
        return Double.isNaN(value) ? "–" : format.formatted(value);
    }

    // ---- the picture

    private static final int PANEL_WIDTH = 300;
    private static final int BAR_HEIGHT = 26;
    private static final int BAR_LENGTH = 200;

    private String picture() {
        List<Program> programs = PROGRAMS.stream()
                .filter(program -> results.containsKey(program.key()))
                .toList();
        List<Column> panels = List.of(
                new Column(cpu(4096), "CPU per packet, ns", "%.0f"),
                new Column("rate", "packets per second", "%.0f"),
                new Column("1k p50", "latency at 1000/s, p50, µs", "%.0f"));
        StringBuilder svg = new StringBuilder();
        int height = 60 + BAR_HEIGHT * programs.size();
        svg.append(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\" font-size=\"12\">\n"
                        .formatted(190 + PANEL_WIDTH * panels.size(), height));
        svg.append("<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n");
        for (int row = 0; row < programs.size(); row++) {
            text(svg, 10, 57 + row * BAR_HEIGHT, programs.get(row).name());
        }
        for (int i = 0; i < panels.size(); i++) {
            panel(svg, 190 + i * PANEL_WIDTH, panels.get(i), programs);
        }
        return svg.append("</svg>\n").toString();
    }

    private void panel(StringBuilder svg, int left, Column column, List<Program> programs) {
        text(svg, left, 24, column.heading());
        double most = programs.stream()
                .mapToDouble(program -> figure(program.key(), column.metric()))
                .filter(value -> !Double.isNaN(value))
                .max()
                .orElse(1);
        for (int row = 0; row < programs.size(); row++) {
            String key = programs.get(row).key();
            double value = figure(key, column.metric());
            int length = Double.isNaN(value) ? 0 : (int) (value / most * BAR_LENGTH);
            svg.append("<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"/>\n"
                    .formatted(
                            left,
                            40 + row * BAR_HEIGHT,
                            length,
                            BAR_HEIGHT - 6,
                            key.equals("natexd") ? "#d95f02" : "#7f8fa6"));
            text(svg, left + length + 6, 57 + row * BAR_HEIGHT, number(column.format(), value));
        }
    }

    private static void text(StringBuilder svg, int x, int y, String text) {
        svg.append("<text x=\"%d\" y=\"%d\">%s</text>\n".formatted(x, y, text));
    }
}
