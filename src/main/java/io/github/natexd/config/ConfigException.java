package io.github.natexd.config;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** A natexd.toml that cannot be used; has all problems of the file, in the order of their lines. */
public final class ConfigException extends Exception {
    private static final long serialVersionUID = 1L;

    /** One problem; line and column count from 1, and are 0 if the problem concerns the whole file. */
    public record Problem(int line, int column, String message) {}

    private final transient Path file;
    private final transient List<Problem> problems;

    private final boolean mistake;

    ConfigException(Path file, List<Problem> problems) {
        this(file, problems, true);
    }

    private ConfigException(Path file, List<Problem> problems, boolean mistake) {
        super(problems.stream().map(problem -> line(file, problem)).collect(Collectors.joining("\n")));
        this.file = file;
        this.problems = List.copyOf(problems);
        this.mistake = mistake;
    }

    /** The system could not read the file now, for example because no descriptor was free. */
    static ConfigException unread(Path file, String message) {
        return new ConfigException(file, List.of(new Problem(0, 0, message)), false);
    }

    /** Whether the file or its permissions have to be changed; if not, reading it later may succeed. */
    public boolean isMistake() {
        return mistake;
    }

    /** The file that was read. */
    public Path file() {
        return file;
    }

    /** All problems; never empty. {@link #getMessage} has one line for each. */
    public List<Problem> problems() {
        return problems;
    }

    private static String line(Path file, Problem problem) {
        String place = problem.line() == 0 ? "" : ":" + problem.line() + ":" + problem.column();
        return file + place + ": " + problem.message();
    }
}
