package io.howdah.node.configuration;

import io.howdah.backup.drill.Assertion;
import io.howdah.backup.drill.DrillGoals;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Drills on a schedule. Immutable.
///
/// @param every how often the newest backup is restored and looked at; 10 s to 366 days
/// @param at a time of day, in UTC, at which a slot of `every` begins, as in `"04:00"`
/// @param directory where the copy goes, in a directory of its own, and is deleted afterwards; with
///   room for the whole database, best not on its disk
/// @param rto how long it may take from the start to the first query; null: it is only measured
/// @param rpo how far the newest restored commit may be behind the newest acknowledged one; null:
///   it is only measured
/// @param assertions by database, statements whose only row has to begin with `true` in the copy
public record DrillConfiguration(
        Duration every,
        LocalTime at,
        Path directory,
        @Nullable Duration rto,
        @Nullable Duration rpo,
        Map<String, List<String>> assertions) {

    /// @throws InvalidValueException when a time is out of its range
    public DrillConfiguration {
        Slotted.require(every);
        requirePositive("rto", rto);
        requirePositive("rpo", rpo);
        assertions = Map.copyOf(assertions);
    }

    private static void requirePositive(String key, @Nullable Duration goal) {
        if (goal != null && !goal.isPositive()) {
            throw new InvalidValueException(key, "is 0: it has to be above that");
        }
    }

    /// What a drill has to achieve.
    public DrillGoals goals() {
        return new DrillGoals(rto, rpo);
    }

    /// What has to be true of the copy.
    public List<Assertion> questions() {
        var questions = new ArrayList<Assertion>();
        assertions.forEach((database, queries) ->
                queries.forEach(query -> questions.add(new Assertion(database, query))));
        return questions;
    }

    static DrillConfiguration read(Section section) {
        section.allow(List.of("every", "at", "directory", "rto", "rpo", "assertions"));
        Duration every = Slotted.every(section);
        LocalTime at = Slotted.at(section);
        Path directory = section.path("directory");
        Duration rto = section.has("rto") ? section.parsed("rto", DurationText::parse) : null;
        Duration rpo = section.has("rpo") ? section.parsed("rpo", DurationText::parse) : null;
        var assertions = new LinkedHashMap<String, List<String>>();
        section.optionalSection("assertions")
                .ifPresent(inner ->
                        inner.keys()
                                .forEach(database ->
                                        assertions.put(database, inner.list(database))));
        return section.build(
                () -> new DrillConfiguration(every, at, directory, rto, rpo, assertions));
    }
}
