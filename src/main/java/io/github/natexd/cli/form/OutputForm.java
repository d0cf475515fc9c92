package io.github.natexd.cli.form;

import picocli.CommandLine.Option;

/** The output format: text for people, unless one of these options is given. */
public final class OutputForm {
    @Option(names = "--json", description = "JSON; its fields are stable")
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
