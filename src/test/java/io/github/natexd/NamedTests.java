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

/** Classes and tests under the names by which pages speak of them. */
final class NamedTests {
    static final Path TESTS = Path.of("src/test/java");

    private NamedTests() {}

    /** Whether a name is that of a test, as {@code Class.method}. */
    static boolean exists(String name, Map<String, Class<?>> classes) {
        String[] parts = name.split("\\.");
        return parts.length == 2 && of(classes.get(parts[0])).anyMatch(isNamed(parts[1]));
    }

    /** The tests of a class and of those nested in it; none of no class. */
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

    /** The classes of a source tree under their simple names, which no two share; none is initialized. */
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
