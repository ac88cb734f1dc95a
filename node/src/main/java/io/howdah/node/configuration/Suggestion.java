package io.howdah.node.configuration;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/// Guesses which word was meant by one that is not known.
public final class Suggestion {

    private Suggestion() {}

    /// The known word that takes the fewest corrections, when they are few enough for a typing
    /// error.
    public static Optional<String> closest(String word, Collection<String> known) {
        if (word.length() > 64) {
            return Optional.empty();
        }
        String normal = word.toLowerCase(Locale.ROOT).replace('_', '-');
        return known.stream()
                .filter(candidate -> distance(normal, candidate) <= tolerance(candidate))
                .min(
                        Comparator.comparingInt((String candidate) -> distance(normal, candidate))
                                .thenComparing(Comparator.naturalOrder()));
    }

    private static int tolerance(String candidate) {
        return Math.max(1, candidate.length() / 3);
    }

    /// Insertions, deletions, replacements and swaps of neighbours that lead from one to the other.
    private static int distance(String a, String b) {
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                cost[i][j] = i == 0 ? j : j == 0 ? i : step(a, b, cost, i, j);
            }
        }
        return cost[a.length()][b.length()];
    }

    private static int step(String a, String b, int[][] cost, int i, int j) {
        int replaced = cost[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        int best = Math.min(replaced, 1 + Math.min(cost[i - 1][j], cost[i][j - 1]));
        boolean swapped =
                i > 1
                        && j > 1
                        && a.charAt(i - 1) == b.charAt(j - 2)
                        && a.charAt(i - 2) == b.charAt(j - 1);
        return swapped ? Math.min(best, cost[i - 2][j - 2] + 1) : best;
    }
}
