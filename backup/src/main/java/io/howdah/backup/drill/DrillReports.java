package io.howdah.backup.drill;

import io.howdah.backup.BackupException;
import io.howdah.backup.repository.Repository;
import io.howdah.backup.repository.RepositoryJson;
import io.howdah.backup.store.Content;
import io.howdah.backup.store.ObjectMissingException;
import io.howdah.backup.store.ObjectName;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.store.PutMode;
import io.howdah.backup.store.PutOutcome;
import io.howdah.backup.store.StoreUnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The reports of drills in a repository. Looks there anew at each call; thread-safe.
///
/// @param repository whose they are
public record DrillReports(Repository repository) {

    private static final String FOLDER = "reports/";
    private static final String JSON = ".json";
    private static final int MOST_BYTES = 16 << 20;

    /// Where a report lies, but for the ending: `.json`, or `.md` as people read it.
    public static String place(DrillReport report) {
        return FOLDER + report.id();
    }

    /// Puts a report there.
    public void publish(DrillReport report) {
        put(place(report) + ".md", DrillText.markdown(report).getBytes(StandardCharsets.UTF_8));
        put(place(report) + JSON, RepositoryJson.write(report));
    }

    private void put(String name, byte[] content) {
        PutOutcome _ = store().put(new ObjectName(name), Content.of(content), PutMode.IF_ABSENT);
    }

    /// The newest one.
    ///
    /// @return empty when there is none
    /// @throws BackupException when it is damaged
    public Optional<DrillReport> newest() {
        NavigableSet<ObjectName> names = names(null);
        return names.isEmpty() ? Optional.empty() : read(names.last());
    }

    /// The newest one; where that is known already, the store is asked for one list and nothing
    /// else.
    ///
    /// @param known that was the newest before
    /// @throws BackupException when it is damaged
    public Optional<DrillReport> newest(DrillReport known) {
        NavigableSet<ObjectName> names = names(new ObjectName(place(known)));
        ObjectName own = new ObjectName(place(known) + JSON);
        if (!names.contains(own)) {
            return newest();
        }
        return names.last().equals(own) ? Optional.of(known) : read(names.last());
    }

    private NavigableSet<ObjectName> names(@Nullable ObjectName after) {
        var names = new TreeSet<ObjectName>();
        store().forEach(
                        FOLDER,
                        after,
                        object -> {
                            if (object.name().text().endsWith(JSON)) {
                                names.add(object.name());
                            }
                        });
        return names;
    }

    private Optional<DrillReport> read(ObjectName name) {
        try (InputStream in = store().get(name)) {
            return Optional.of(RepositoryJson.read(in.readNBytes(MOST_BYTES), DrillReport.class));
        } catch (ObjectMissingException e) {
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            throw new BackupException(
                    name + " in " + store() + " is damaged: " + e.getMessage(),
                    "remove it; the next drill writes another",
                    e);
        } catch (IOException e) {
            throw new StoreUnavailableException(
                    "cannot read " + name + " in " + store() + ": " + e,
                    "look at the disk or the network there, then run it again",
                    e);
        }
    }

    private ObjectStore store() {
        return repository.store();
    }
}
