package io.github.natexd.cli;

import picocli.CommandLine.Option;

/** For whom an answer is printed: people, unless one of these is given. */
final class OutputForm {
    @Option(names = "--json", description = "JSON; the fields are stable, see natexd's control.md")
    private boolean json;

    @Option(names = "--plain", description = "rows with tabs between the columns, for scripts")
    private boolean plain;

    boolean json() {
        return json;
    }

    boolean plain() {
        return plain;
    }
}
