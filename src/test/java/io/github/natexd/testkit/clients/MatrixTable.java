package io.github.natexd.testkit.clients;

import io.github.natexd.lab.LabOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The results of each client behind each NAT: prints a line when a NAT is done, and a table at the end. */
public final class MatrixTable {
    /** The result of one run. In all but the last, hops may be missing, but none is wrong. */
    public enum Cell {
        SAME('+', "as on the host"),
        UNDECIDABLE('?', "stars: this NAT leaves nothing that tells this client's probes apart"),
        LEFT_TO_THE_NAT('n', "stars: the NAT hands over errors itself, with IP IDs that this client does not know"),
        FAILED('F', "failed");

        private final char sign;
        private final String meaning;

        Cell(char sign, String meaning) {
            this.sign = sign;
            this.meaning = meaning;
        }
    }

    private static final Path FILE = Path.of("target", "client-matrix.txt");

    private final Map<LabOptions, Map<Client, Cell>> rows = new LinkedHashMap<>();
    private final List<String> failures = new ArrayList<>();
    private int finished;

    /** @param ways the rows, in this order */
    public MatrixTable(Collection<LabOptions> ways) {
        ways.forEach(way -> rows.put(way, new EnumMap<>(Client.class)));
    }

    /** Completes a row and prints it at once. */
    public synchronized void finish(LabOptions way, Map<Client, Cell> row, List<String> reasons) {
        finished++;
        rows.put(way, row);
        if (!reasons.isEmpty()) {
            failures.add("behind " + way + ":\n" + String.join("\n", reasons));
        }
        System.out.printf(
                "[%d of %d] %d of %d clients as on the host: %s%n",
                finished, rows.size(), count(row, Cell.SAME), row.size(), way);
    }

    /** Writes the table, and the output of every failure. */
    public void save() throws IOException {
        Files.writeString(FILE, this + String.join("\n", failures));
    }

    private static long count(Map<Client, Cell> row, Cell cell) {
        return row.values().stream().filter(other -> other == cell).count();
    }

    private long count(Cell cell) {
        return rows.values().stream().mapToLong(row -> count(row, cell)).sum();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Cell cell : Cell.values()) {
            text.append("  %c %s%n".formatted(cell.sign, cell.meaning));
        }
        text.append("  . not run\n\n");
        for (Client client : Client.values()) {
            text.append("%3d %s%n".formatted(client.ordinal() + 1, client.story()));
        }
        Client.NOT_RUN.forEach(client -> text.append("not run: ").append(client).append('\n'));
        text.append('\n');
        for (Client client : Client.values()) {
            text.append("%3d".formatted(client.ordinal() + 1));
        }
        text.append("  NAT, in the words of `natexctl lab up`\n");
        rows.forEach((way, row) -> {
            for (Client client : Client.values()) {
                Cell cell = row.get(client);
                text.append("  ").append(cell == null ? '.' : cell.sign);
            }
            text.append("  ").append(way).append('\n');
        });
        long run = rows.values().stream().mapToLong(Map::size).sum();
        text.append("\n%d runs behind %d NATs:".formatted(run, rows.size()));
        for (Cell cell : Cell.values()) {
            text.append(" %d %c".formatted(count(cell), cell.sign));
        }
        return text.append('\n').toString();
    }
}
