package io.github.natexd;

import java.lang.reflect.Method;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;

/**
 * The requirements that a test shows: the numbers in front of its {@link DisplayName}, as in "R5, R9-R11: what holds".
 * They are written nowhere else.
 */
final class RequirementNumbers {
    private static final Pattern NUMBERS = Pattern.compile("R\\d+(?:-R\\d+)?(?:, R\\d+(?:-R\\d+)?)*: .*");
    private static final Pattern RANGE = Pattern.compile("R(\\d+)(?:-R(\\d+))?");
    private static final Pattern ANY = Pattern.compile(".*\\bR\\d+\\b.*");

    private RequirementNumbers() {}

    /** The numbers of a test, such as R5; empty if it has none. */
    static Set<String> of(Method test) {
        Set<String> numbers = new TreeSet<>();
        String name = name(test);
        if (NUMBERS.matcher(name).matches()) {
            Matcher range = RANGE.matcher(name.substring(0, name.indexOf(':')));
            while (range.find()) {
                int first = Integer.parseInt(range.group(1));
                int last = range.group(2) == null ? first : Integer.parseInt(range.group(2));
                for (int number = first; number <= last; number++) {
                    numbers.add("R" + number);
                }
            }
        }
        return numbers;
    }

    /** Whether the name mentions a requirement, but not at its beginning and in order. */
    static boolean isOutOfPlace(Method test) {
        String name = name(test);
        boolean inFront = NUMBERS.matcher(name).matches();
        return ANY.matcher(inFront ? name.substring(name.indexOf(':')) : name).matches();
    }

    private static String name(Method test) {
        DisplayName name = test.getAnnotation(DisplayName.class);
        return name == null ? "" : name.value();
    }
}
