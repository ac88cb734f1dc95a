package io.howdah.backup.sweep;

import io.howdah.backup.pack.PackId;
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
import java.util.List;

/// Packs that the next backup does not refer to: what it needs of them it stores anew, so that they
/// can go with the last backup that refers to them.
///
/// @param store where the repository lies
/// @param name of the object that names them
public record AvoidedPacks(ObjectStore store, ObjectName name) {

    private static final int MOST_BYTES = 1 << 26;

    private record Listed(List<PackId> packs) {}

    /// Those of which the newest backup needs less than half. It is advice: nothing breaks where it
    /// is not followed.
    static AvoidedPacks worn(ObjectStore store) {
        return new AvoidedPacks(store, new ObjectName("worn-packs.json"));
    }

    /// Those that were found to be damaged: what refers to them cannot be restored whole.
    public static AvoidedPacks damaged(ObjectStore store) {
        return new AvoidedPacks(store, new ObjectName("damaged-packs.json"));
    }

    /// What was written last; none where that is lost.
    ///
    /// @throws StoreUnavailableException when the store cannot say
    public List<PackId> read() {
        try (InputStream in = store.get(name)) {
            return RepositoryJson.read(in.readNBytes(MOST_BYTES), Listed.class).packs();
        } catch (ObjectMissingException | IllegalArgumentException e) {
            return List.of();
        } catch (IOException e) {
            throw new StoreUnavailableException(
                    "cannot read " + name + " in " + store + ": " + e,
                    "look at the disk or the network there, then run it again",
                    e);
        }
    }

    /// Names them anew.
    ///
    /// @throws StoreUnavailableException when the store does not confirm it
    public void write(List<PackId> packs) {
        if (!packs.equals(read())) {
            PutOutcome _ =
                    store.put(
                            name,
                            Content.of(RepositoryJson.write(new Listed(packs))),
                            PutMode.REPLACE);
        }
    }
}
