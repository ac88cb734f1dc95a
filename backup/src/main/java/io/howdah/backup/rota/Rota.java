package io.howdah.backup.rota;

import io.howdah.backup.repository.RepositoryJson;
import io.howdah.backup.store.Content;
import io.howdah.backup.store.ObjectMissingException;
import io.howdah.backup.store.ObjectName;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.store.PutMode;
import io.howdah.backup.store.PutOutcome;
import io.howdah.backup.store.StoreUnavailableException;
import io.howdah.backup.store.StoredObject;
import io.howdah.backup.sweep.StoreClock;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/// Who of several workers does a piece of work that is to be done once in each slot of time. It is
/// claimed, not locked: whoever puts the slot's next object first does it, and says every minute
/// that it is at it. Where that was not said for a quarter of an hour and the work is not done,
/// another one may try: nobody waits for who does not come back. That a piece of work is done twice
/// is unlikely, and has to do no harm. Looks into the store anew at each call; thread-safe.
///
/// @param store where all of them look
/// @param work what is to be done: a part of an object's name
public record Rota(ObjectStore store, String work) {

    /// After so long without a word, by the store's clock, somebody has given up.
    public static final Duration SILENCE = Duration.ofMinutes(15);

    private static final int MOST_BYTES = 64 * 1024;

    /// What stands in the object of a try.
    ///
    /// @param who does it
    /// @param token of this try alone
    /// @param done whether nobody needs to try again
    record Claim(String who, UUID token, boolean done) {

        /// The same, when the work is done.
        Claim asDone() {
            return new Claim(who, token, true);
        }

        void put(ObjectStore store, ObjectName name) {
            PutOutcome _ = store.put(name, Content.of(RepositoryJson.write(this)), PutMode.REPLACE);
        }
    }

    /// Claims the work of a slot.
    ///
    /// @param slot the same for all, and in order: a part of an object's name, without `.`
    /// @param who asks, for people to read
    /// @return what is to be done, and closed afterwards; empty where it is done, or somebody is at
    ///   it, or was a moment ago, even since an earlier slot
    /// @throws StoreUnavailableException when the store cannot say
    public Optional<Duty> claim(String slot, String who) {
        var tries = new TreeMap<ObjectName, StoredObject>();
        store.forEach(folder(), object -> tries.put(object.name(), object));
        List<StoredObject> ofSlot =
                tries.values().stream().filter(each -> isOf(each.name(), slot)).toList();
        if (!tries.values().stream()
                .max(Comparator.comparing(StoredObject::modified))
                .map(newest -> isFree(newest, slot))
                .orElse(true)) {
            return Optional.empty();
        }
        if (!ofSlot.isEmpty() && !isFree(ofSlot.getLast(), slot)) {
            return Optional.empty();
        }
        int before = ofSlot.size();
        var name = new ObjectName(folder() + "%s.%04d".formatted(slot, before + 1));
        var claim = new Claim(who, UUID.randomUUID(), false);
        if (!isOurs(name, claim)) {
            return Optional.empty();
        }
        tries.headMap(name).keySet().stream()
                .filter(earlier -> !isOf(earlier, slot))
                .forEach(store::delete);
        return Optional.of(Duty.begin(store, name, claim));
    }

    private boolean isOf(ObjectName name, String slot) {
        return name.text().startsWith(folder() + slot + ".");
    }

    private String folder() {
        return "rota/" + work + "/";
    }

    private boolean isFree(StoredObject last, String slot) {
        if (read(last.name()).map(Claim::done).orElse(false)) {
            return !isOf(last.name(), slot);
        }
        return Duration.between(last.modified(), StoreClock.now(store)).compareTo(SILENCE) >= 0;
    }

    /// A store may say that something is there because it has taken it a moment ago, and its first
    /// answer was lost.
    private boolean isOurs(ObjectName name, Claim claim) {
        Content content = Content.of(RepositoryJson.write(claim));
        return store.put(name, content, PutMode.IF_ABSENT) == PutOutcome.STORED
                || read(name).filter(claim::equals).isPresent();
    }

    private Optional<Claim> read(ObjectName name) {
        try (InputStream in = store.get(name)) {
            return Optional.of(RepositoryJson.read(in.readNBytes(MOST_BYTES), Claim.class));
        } catch (ObjectMissingException | IllegalArgumentException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new StoreUnavailableException(
                    "cannot read " + name + " in " + store + ": " + e, "try again", e);
        }
    }
}
