package io.howdah.cli.chaos.check;

import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/// A promise that was broken. Immutable.
///
/// @param workload `set`, `bank`, `list`, or `cluster`
/// @param kind such as `lost`
/// @param count how often; 1 or more
/// @param detail what exactly, in a sentence
public record Violation(String workload, String kind, int count, String detail) {

    private static final int EXAMPLES = 8;

    /// @throws NullPointerException when a text is missing
    public Violation {
        Objects.requireNonNull(workload, "workload");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(detail, "detail");
    }

    /// One violation for all that are of the same kind; names the first few.
    ///
    /// @param what as in `acknowledged rows are not on n1`
    /// @param examples at least one
    static Violation of(String workload, String kind, String what, List<String> examples) {
        String named = examples.stream().limit(EXAMPLES).collect(Collectors.joining(", "));
        return new Violation(
                workload,
                kind,
                examples.size(),
                examples.size()
                        + " "
                        + what
                        + ": "
                        + named
                        + (examples.size() > EXAMPLES ? ", …" : ""));
    }
}
