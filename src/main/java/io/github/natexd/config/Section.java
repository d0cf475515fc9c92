package io.github.natexd.config;

import io.github.natexd.config.ConfigException.Problem;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tomlj.TomlArray;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/**
 * One table of the file while it is read. Each query for a key makes the key a known one. A wrong value becomes a
 * problem at the place of the key (or of the element of an array), and the default replaces it.
 */
final class Section {
    private final String name;
    private final @Nullable TomlTable table;
    private final List<Problem> problems;
    private final Set<String> knownKeys = new LinkedHashSet<>();

    Section(String name, @Nullable TomlTable table, List<Problem> problems) {
        this.name = name;
        this.table = table;
        this.problems = problems;
    }

    String name() {
        return name;
    }

    Set<String> knownKeys() {
        return knownKeys;
    }

    List<String> unknownKeys() {
        return table == null
                ? List.of()
                : table.keySet().stream()
                        .filter(key -> !knownKeys.contains(key))
                        .toList();
    }

    /** Records the line of each key of this table that the file sets, by {@code table.key}. */
    void collectLines(Map<String, Integer> lines) {
        for (String key : knownKeys) {
            TomlPosition place = table == null ? null : table.inputPositionOf(List.of(key));
            if (place != null) {
                lines.put(name + "." + key, place.line());
            }
        }
    }

    int integer(String key, int least, int most, int otherwise) {
        return integer(key, least, most, otherwise, OptionalInt.of(otherwise)).orElse(otherwise);
    }

    /** A number that may be absent without a default in its place. */
    OptionalInt integer(String key, int least, int most, int example, OptionalInt otherwise) {
        Object value = value(key);
        if (value == null) {
            return otherwise;
        }
        String wanted = "write a whole number from " + least + " to " + most + ", like " + example;
        if (!(value instanceof Long number)) {
            reject(key, key + " is " + article(value) + "; " + wanted);
            return otherwise;
        }
        if (number < least || number > most) {
            reject(key, key + " = " + number + " is out of range; " + wanted);
            return otherwise;
        }
        return OptionalInt.of(number.intValue());
    }

    boolean flag(String key, boolean otherwise) {
        Object value = value(key);
        if (value == null || value instanceof Boolean) {
            return value == null ? otherwise : (Boolean) value;
        }
        reject(key, key + " is " + article(value) + "; write true or false, without quotes");
        return otherwise;
    }

    Optional<String> text(String key, String example) {
        Object value = value(key);
        if (value == null || value instanceof String) {
            return Optional.ofNullable((String) value);
        }
        reject(key, key + " is " + article(value) + "; write text in double quotes, like \"" + example + "\"");
        return Optional.empty();
    }

    <E extends Enum<E> & Config.Keyed> E choice(String key, Class<E> type, E otherwise) {
        Object value = value(key);
        if (value == null) {
            return otherwise;
        }
        Optional<E> choice = word(type, value);
        if (choice.isEmpty()) {
            reject(key, wrongWord(key, type, value));
        }
        return choice.orElse(otherwise);
    }

    <E extends Enum<E> & Config.Keyed> List<E> choices(String key, Class<E> type, List<E> otherwise) {
        Object value = value(key);
        if (value == null) {
            return otherwise;
        }
        String example = "[\"" + otherwise.get(0).key() + "\"]";
        if (!(value instanceof TomlArray array)) {
            reject(key, key + " is " + article(value) + "; write a list, like " + example);
            return otherwise;
        }
        if (array.isEmpty()) {
            reject(key, key + " is an empty list; write at least one of " + Config.words(type));
            return otherwise;
        }
        List<E> chosen = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
            Optional<E> choice = word(type, array.get(i));
            if (choice.isEmpty()) {
                report(array.inputPositionOf(i), wrongWord(key, type, array.get(i)));
            } else if (chosen.contains(choice.get())) {
                report(
                        array.inputPositionOf(i),
                        "\"" + choice.get().key() + "\" is in " + key + " twice; write it once");
            } else {
                chosen.add(choice.get());
            }
        }
        return chosen;
    }

    void reject(String key, String message) {
        report(table == null ? null : table.inputPositionOf(List.of(key)), message);
    }

    private void report(@Nullable TomlPosition place, String message) {
        problems.add(new Problem(place == null ? 0 : place.line(), place == null ? 0 : place.column(), message));
    }

    private @Nullable Object value(String key) {
        knownKeys.add(key);
        return table == null ? null : table.get(List.of(key));
    }

    private static <E extends Enum<E> & Config.Keyed> Optional<E> word(Class<E> type, Object value) {
        for (E choice : type.getEnumConstants()) {
            if (choice.key().equals(value)) {
                return Optional.of(choice);
            }
        }
        return Optional.empty();
    }

    private static <E extends Enum<E> & Config.Keyed> String wrongWord(String key, Class<E> type, Object value) {
        if (!(value instanceof String word)) {
            return key + " has " + article(value) + "; write one of " + Config.words(type);
        }
        List<String> words = new ArrayList<>();
        for (E choice : type.getEnumConstants()) {
            words.add(choice.key());
        }
        String advice = Suggestion.of(word, words)
                .map(near -> "did you mean \"" + near + "\"?")
                .orElse("write one of " + Config.words(type));
        return key + " cannot be \"" + word + "\"; " + advice;
    }

    private static String article(Object value) {
        if (value instanceof Long) {
            return "a number (" + value + ")";
        }
        if (value instanceof Double) {
            return "a number with a fraction (" + value + ")";
        }
        if (value instanceof String) {
            return "text (\"" + value + "\")";
        }
        if (value instanceof Boolean) {
            return "a boolean (" + value + ")";
        }
        if (value instanceof TomlArray) {
            return "a list";
        }
        return value instanceof TomlTable
                ? "a table"
                : "a " + value.getClass().getSimpleName().toLowerCase(Locale.ROOT);
    }
}
