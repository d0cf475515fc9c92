import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.function.BinaryOperator;

/**
 * Makes a table and a picture of the results of {@code run}: {@code java Report.java RESULTS.tsv TABLE.txt
 * PICTURE.svg}.
 *
 * <p>Every figure is the median over the rounds. Every ratio is the median of the ratios within a round, because other
 * load of the machine affects all programs of a round.
 */
public final class Report {
    private record Program(String key, String name) {}

    private static final List<Program> PROGRAMS = List.of(
            new Program("null", "null (accepts unseen)"),
            new Program("classic", "classic C (a callback each)"),
            new Program("tuned", "tuned C (batches)"),
            new Program("capture", "capture and inject, C"),
            new Program("natexd", "natexd"));

    /** A column: the metric's name in the results, the heading, how to print it. */
    private record Column(String metric, String heading, String format) {}

    private static final List<Column> COLUMNS = List.of(
            new Column("cpu", "CPU ns/packet", "%.0f"),
            new Column("softirq", "softirq ns", "%.0f"),
            new Column("rate", "packets/s", "%.0f"),
            new Column("1k p50", "1k/s p50 µs", "%.1f"),
            new Column("1k p99", "p99 µs", "%.1f"),
            new Column("10k p50", "10k/s p50 µs", "%.1f"),
            new Column("10k p99", "p99 µs", "%.1f"),
            new Column("first", "first µs", "%.0f"),
            new Column("start", "start ms", "%.0f"),
            new Column("rss", "RSS MiB", "%.1f"));

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

    /** The median over the rounds of {@code how}, applied to both programs' medians in each round. */
    private double ratio(String program, String other, String metric, BinaryOperator<Double> how) {
        List<Double> ratios = new ArrayList<>();
        if (has(program, metric) && has(other, metric)) {
            var others = results.get(other).get(metric);
            results.get(program).get(metric).forEach((round, values) -> {
                if (others.containsKey(round)) {
                    ratios.add(how.apply(median(values), median(others.get(round))));
                }
            });
        }
        return median(ratios);
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int size = sorted.size();
        if (size == 0) {
            return Double.NaN;
        }
        return (sorted.get((size - 1) / 2) + sorted.get(size / 2)) / 2;
    }

    private double sum(String program, String ending) {
        double sum = 0;
        for (var metric : results.getOrDefault(program, new TreeMap<>()).entrySet()) {
            if (metric.getKey().endsWith(ending)) {
                sum += metric.getValue().values().stream()
                        .flatMap(List::stream)
                        .mapToDouble(Double::doubleValue)
                        .sum();
            }
        }
        return sum;
    }

    // ---- the table

    private void peers() {
        List<Program> measured =
                PROGRAMS.stream().filter(program -> has(program.key(), "cpu")).toList();
        if (measured.isEmpty()) {
            return;
        }
        int rounds = results.get(measured.get(0).key()).get("cpu").size();
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
            double bad = sum(program.key(), "lost") + sum(program.key(), "wrong") + sum(program.key(), "duplicate");
            cell(number("%.0f", bad), COLUMN_WIDTH + 4);
            table.append('\n');
        }
        ratios(measured);
        extras();
        table.append("""

                CPU: run time of all the program's threads per packet, as the scheduler counts it, while a window of
                512 errors is kept in flight on another processor; it includes the soft interrupts that ran on top of
                the threads (the frame's way into the guest). The kernel's work before the queue runs on the sender's
                processor and is not counted; softirq is the total run time of the kernel's ksoftirqd threads. Latency:
                from sending the error to the frame in the guest, by the kernel's timestamp, including two virtual
                wires. First: the first error after "ready". Start: from exec to "ready", for natexd with its rules
                loaded, for the others without. RSS: after 10^6 packets, natexd ten seconds old. Every packet that
                arrived was compared octet by octet.
                """);
    }

    private void ratios(List<Program> measured) {
        table.append('\n');
        cell("", -NAME_WIDTH);
        for (String heading : List.of("CPU/classic", "CPU/tuned", "packets/CPU", "rate/tuned", "1k p50/classic")) {
            cell(heading, COLUMN_WIDTH + 2);
        }
        table.append('\n');
        for (Program program : measured) {
            String key = program.key();
            cell(program.name(), -NAME_WIDTH);
            cell(number("%.2f", ratio(key, "classic", "cpu", (mine, its) -> mine / its)), COLUMN_WIDTH + 2);
            cell(number("%.2f", ratio(key, "tuned", "cpu", (mine, its) -> mine / its)), COLUMN_WIDTH + 2);
            cell(number("%.2f", ratio(key, "classic", "cpu", (mine, its) -> its / mine)), COLUMN_WIDTH + 2);
            cell(number("%.2f", ratio(key, "tuned", "rate", (mine, its) -> mine / its)), COLUMN_WIDTH + 2);
            cell(number("%.2f", ratio(key, "classic", "1k p50", (mine, its) -> mine / its)), COLUMN_WIDTH + 2);
            table.append('\n');
        }
    }

    private void extras() {
        if (has("natexd", "storm rate")) {
            table.append("\nnatexd, each error about a new probe seen just before: %.0f/s, %.0f ns of CPU each\n"
                    .formatted(figure("natexd", "storm rate"), figure("natexd", "storm cpu")));
        }
        if (has("natexd", "10 cpu")) {
            table.append("natexd with 10 and with 65536 mappings: %.0f and %.0f ns of CPU, ratio %.2f; tuned C %.2f\n"
                    .formatted(
                            figure("natexd", "10 cpu"),
                            figure("natexd", "65536 cpu"),
                            manyToFew("natexd"),
                            manyToFew("tuned")));
        }
        if (has("natexd", "allocated")) {
            table.append("natexd allocates %.4f octets of heap per packet (the JVM's own count for its thread)\n"
                    .formatted(figure("natexd", "allocated")));
        }
        if (has("natexd", "wakeups")) {
            table.append("natexd idle: %.1f wake-ups per second\n".formatted(figure("natexd", "wakeups")));
        }
    }

    private double manyToFew(String program) {
        return figure(program, "65536 cpu") / figure(program, "10 cpu");
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
                        ratio("with", "without", "datagram", (mine, its) -> mine / its)));
        table.append("  packets forwarded per second of CPU: %.0f, without natexd %.0f, ratio %.3f\n"
                .formatted(
                        figure("with", "forward"),
                        figure("without", "forward"),
                        ratio("with", "without", "forward", (mine, its) -> mine / its)));
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
        List<Column> panels = List.of(
                new Column("cpu", "CPU per packet, ns", "%.0f"),
                new Column("rate", "packets per second", "%.0f"),
                new Column("1k p50", "latency at 1000/s, p50, µs", "%.0f"));
        StringBuilder svg = new StringBuilder();
        int height = 60 + BAR_HEIGHT * PROGRAMS.size();
        svg.append(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\" font-size=\"12\">\n"
                        .formatted(190 + PANEL_WIDTH * panels.size(), height));
        svg.append("<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n");
        for (int row = 0; row < PROGRAMS.size(); row++) {
            text(svg, 10, 57 + row * BAR_HEIGHT, PROGRAMS.get(row).name());
        }
        for (int i = 0; i < panels.size(); i++) {
            panel(svg, 190 + i * PANEL_WIDTH, panels.get(i));
        }
        return svg.append("</svg>\n").toString();
    }

    private void panel(StringBuilder svg, int left, Column column) {
        text(svg, left, 24, column.heading());
        double most = PROGRAMS.stream()
                .mapToDouble(program -> figure(program.key(), column.metric()))
                .filter(value -> !Double.isNaN(value))
                .max()
                .orElse(1);
        for (int row = 0; row < PROGRAMS.size(); row++) {
            String key = PROGRAMS.get(row).key();
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
