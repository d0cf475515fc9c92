package io.github.natexd.cli.doctor;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.util.function.Function;

/** Something that is known, or the reason why it is not: what doctor cannot examine must not count as absent. */
sealed interface Fact<T> {
    record Known<T>(T value) implements Fact<T> {}

    record Unknown<T>(String why) implements Fact<T> {}

    /** Looks something up. */
    interface Source<T> {
        T get() throws IOException;
    }

    static <T> Fact<T> known(T value) {
        return new Known<>(value);
    }

    static <T> Fact<T> unknown(String why) {
        return new Unknown<>(why);
    }

    /** What the source returns; unknown if doctor may not or cannot read it. */
    static <T> Fact<T> of(String what, Source<T> source) {
        try {
            return known(source.get());
        } catch (AccessDeniedException e) {
            return unknown("only root can see " + what);
        } catch (IOException e) {
            return unknown("cannot see " + what + ": " + e.getMessage());
        }
    }

    default <R> R fold(Function<T, R> known, Function<String, R> unknown) {
        return this instanceof Known<T> fact ? known.apply(fact.value()) : unknown.apply(((Unknown<T>) this).why());
    }

    /** What is known, or else this value. */
    default T orElse(T instead) {
        return fold(value -> value, why -> instead);
    }
}
