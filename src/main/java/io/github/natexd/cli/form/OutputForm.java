package io.github.natexd.cli.form;

import picocli.CommandLine.Option;

/** For whom an answer is printed: people, unless one of these is given. */
public final class OutputForm {
    @Option(names = "--json", description = "JSON; the fields are stable, see natexd's control.md")
    private boolean json;

    @Option(names = "--plain", description = "rows with tabs between the columns, for scripts")
    private boolean plain;

    public boolean json() {
        return json;
    }

    public boolean plain() {
        return plain;
    }
}
