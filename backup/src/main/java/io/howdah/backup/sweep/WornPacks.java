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

/// Packs of which the newest backup needs less than half. What it needs of them the next backup
/// stores anew, so that they can go with the last backup that refers to them. It is advice: nothing
/// breaks where it is not followed.
///
/// @param store where the repository lies
record WornPacks(ObjectStore store) {

    private static final ObjectName NAME = new ObjectName("worn-packs.json");
    private static final int MOST_BYTES = 1 << 26;

    private record Worn(List<PackId> packs) {}

    List<PackId> read() {
        try (InputStream in = store.get(NAME)) {
            return RepositoryJson.read(in.readNBytes(MOST_BYTES), Worn.class).packs();
        } catch (ObjectMissingException | IllegalArgumentException e) {
            return List.of();
        } catch (IOException e) {
            throw new StoreUnavailableException(
                    "cannot read " + NAME + " in " + store + ": " + e,
                    "look at the disk or the network there, then run it again",
                    e);
        }
    }

    void write(List<PackId> packs) {
        if (!packs.equals(read())) {
            PutOutcome _ =
                    store.put(
                            NAME,
                            Content.of(RepositoryJson.write(new Worn(packs))),
                            PutMode.REPLACE);
        }
    }
}
