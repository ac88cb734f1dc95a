package io.howdah.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/// The timeline history files of a data directory, among them those that Howdah plants for numbers
/// that are skipped: PostgreSQL promotes to the first number that has no history file, so the
/// planted ones lead it to the number that was granted. Changes are durable when the method
/// returns.
public final class TimelineFiles {

    private static final String HISTORIES = "????????.history";
    private static final String PLANTED = "# skipped by howdah";

    private final Path walDirectory;
    private final DurableFiles files;

    TimelineFiles(Path walDirectory, DurableFiles files) {
        this.walDirectory = walDirectory;
        this.files = files;
    }

    /// The history of a timeline as its file says. Timeline 1 has no file and needs none.
    ///
    /// @return empty when there is no file, or only a planted one
    /// @throws PostgresException when the file is damaged
    /// @throws UncheckedIOException when it cannot be read
    public Optional<TimelineHistory> history(TimelineId timeline) {
        Optional<String> content = content(timeline);
        if (content.isEmpty()) {
            return timeline.equals(TimelineId.FIRST)
                    ? Optional.of(TimelineHistory.startingAt(timeline))
                    : Optional.empty();
        }
        if (content.get().startsWith(PLANTED)) {
            return Optional.empty();
        }
        try {
            return Optional.of(TimelineHistory.parse(timeline, content.get()));
        } catch (IllegalArgumentException e) {
            throw new PostgresException(
                    walDirectory.resolve(timeline.historyFileName())
                            + " is damaged: "
                            + e.getMessage(),
                    "replace this data directory by a fresh copy (howdah reinit)",
                    e);
        }
    }

    /// Writes the history of a timeline, as it was read from another server.
    ///
    /// @throws UncheckedIOException when it cannot be written
    public void write(TimelineId timeline, String content) {
        files.write(walDirectory.resolve(timeline.historyFileName()), content);
    }

    /// Plants a file for every number between `current` and `granted` that has none, so that a
    /// promotion from `current` takes exactly `granted`.
    ///
    /// @param advanced called for each of them: each waits for the disk, and after a bad night
    ///   there may be thousands
    /// @throws IllegalArgumentException when `granted` is not above `current`
    /// @throws PostgresException when `granted` itself already has a file
    /// @throws UncheckedIOException when one cannot be written
    public void plantSkipped(TimelineId current, TimelineId granted, Runnable advanced) {
        if (granted.compareTo(current) <= 0) {
            throw new IllegalArgumentException(
                    "timeline " + granted + " does not lie above " + current);
        }
        if (content(granted).isPresent()) {
            throw new PostgresException(
                    "timeline " + granted + " already has a history file in " + walDirectory,
                    "this server must not be promoted to it; elect again, with a higher number");
        }
        for (TimelineId skipped = current.next();
                skipped.compareTo(granted) < 0;
                skipped = skipped.next()) {
            advanced.run();
            if (content(skipped).isEmpty()) {
                files.write(
                        walDirectory.resolve(skipped.historyFileName()),
                        PLANTED + ": granted to nobody who lived to use it\n");
            }
        }
    }

    /// The highest number that there is a file for, planted or not; 1 where there is none.
    ///
    /// @throws UncheckedIOException when the directory cannot be read
    public TimelineId highestNumber() {
        TimelineId highest = TimelineId.FIRST;
        try (DirectoryStream<Path> histories = Files.newDirectoryStream(walDirectory, HISTORIES)) {
            for (Path file : histories) {
                highest = TimelineId.max(highest, number(file));
            }
            return highest;
        } catch (NoSuchFileException e) {
            return highest;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look through " + walDirectory, e);
        }
    }

    private static TimelineId number(Path history) {
        return new TimelineId(Long.parseLong(history.getFileName().toString().substring(0, 8), 16));
    }

    /// Takes away the planted files that lead to nothing: those above every real one. A promotion
    /// that failed leaves them, and PostgreSQL refuses to start as a standby beside them. Those
    /// below a real history must stay: whoever follows asks for the file of every number.
    ///
    /// @return the numbers that were taken away, lowest first
    /// @throws UncheckedIOException when one cannot be deleted
    public List<TimelineId> removePlantedInVain() {
        NavigableMap<TimelineId, Path> planted = new TreeMap<>();
        TimelineId highestReal = TimelineId.FIRST;
        try (DirectoryStream<Path> histories = Files.newDirectoryStream(walDirectory, HISTORIES)) {
            for (Path file : histories) {
                TimelineId timeline = number(file);
                if (Files.readString(file, StandardCharsets.UTF_8).startsWith(PLANTED)) {
                    planted.put(timeline, file);
                } else {
                    highestReal = TimelineId.max(highestReal, timeline);
                }
            }
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look through " + walDirectory, e);
        }
        Map<TimelineId, Path> inVain = planted.tailMap(highestReal, false);
        inVain.values().forEach(files::delete);
        return List.copyOf(inVain.keySet());
    }

    private Optional<String> content(TimelineId timeline) {
        try {
            return Optional.of(
                    Files.readString(
                            walDirectory.resolve(timeline.historyFileName()),
                            StandardCharsets.UTF_8));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the history of " + timeline, e);
        }
    }
}
