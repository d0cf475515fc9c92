package io.github.natexd;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** Classes and tests by the names that pages use for them. */
final class NamedTests {
    static final Path TESTS = Path.of("src/test/java");

    private NamedTests() {}

    /** Whether a test has this name, written as {@code Class.method}. */
    static boolean exists(String name, Map<String, Class<?>> classes) {
        String[] parts = name.split("\\.");
        return parts.length == 2 && of(classes.get(parts[0])).anyMatch(isNamed(parts[1]));
    }

    /** The tests of a class and of its nested classes; empty if there is no such class. */
    static Stream<Method> of(@Nullable Class<?> type) {
        return type == null
                ? Stream.empty()
                : Stream.concat(Stream.of(type), Arrays.stream(type.getDeclaredClasses()))
                        .flatMap(some -> Arrays.stream(some.getDeclaredMethods()))
                        .filter(NamedTests::isTest);
    }

    static Predicate<Method> isNamed(String name) {
        return method -> method.getName().equals(name);
    }

    private static boolean isTest(Method method) {
        return Stream.of(Test.class, ParameterizedTest.class, RepeatedTest.class)
                .anyMatch(method::isAnnotationPresent);
    }

    /** The classes of a source tree by their simple names, which are unique. Initializes none of them. */
    static Map<String, Class<?>> classes(Path sources) throws IOException {
        try (Stream<Path> files = Files.walk(sources)) {
            return files.map(file -> sources.relativize(file).toString())
                    .filter(file -> file.endsWith(".java") && !file.endsWith("package-info.java"))
                    .map(file -> file.replace(".java", "").replace('/', '.'))
                    .collect(Collectors.toMap(name -> name.substring(name.lastIndexOf('.') + 1), NamedTests::load));
        }
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, NamedTests.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }
}
