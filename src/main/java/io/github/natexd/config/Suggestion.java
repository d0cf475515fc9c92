package io.github.natexd.config;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds the known word that a misspelt word probably means: few edits away, or equal except for case and "_". */
final class Suggestion {
    private Suggestion() {}

    /** The most similar of the words, if it is similar enough. */
    static Optional<String> of(String word, Collection<String> words) {
        String plain = plain(word);
        Optional<String> best = Optional.empty();
        int fewest = Math.max(1, Math.min(3, plain.length() / 3)) + 1;
        for (String candidate : words) {
            int edits = edits(plain, plain(candidate));
            if (edits < fewest) {
                fewest = edits;
                best = Optional.of(candidate);
            }
        }
        return best;
    }

    private static String plain(String word) {
        return word.toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The Levenshtein distance (insertions, deletions and replacements), computed row by row. */
    private static int edits(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[to.length()];
    }
}
