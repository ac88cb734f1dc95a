package io.howdah.backup.catalog;

import io.howdah.backup.BackupException;
import io.howdah.backup.repository.RepositoryIdentity;
import io.howdah.backup.repository.RepositoryJson;
import io.howdah.backup.seal.TamperedException;
import io.howdah.backup.store.Content;
import io.howdah.backup.store.ObjectDamagedException;
import io.howdah.backup.store.ObjectMissingException;
import io.howdah.backup.store.ObjectName;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.store.PutMode;
import io.howdah.backup.store.PutOutcome;
import io.howdah.backup.store.StoreUnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Which backups stay whatever the rules say. What is said of one is put under the next number, if
/// absent, and the highest number counts; a sweep, too, says so before it removes one, and after
/// that nothing more is said. So of an operator who keeps a backup and a sweep that removes it the
/// first one counts, however many there are of both. Looks there anew at each call; thread-safe.
///
/// @param store where the repository lies
public record Keeps(ObjectStore store) {

    private static final String FOLDER = "keeps/";
    private static final Pattern NAME = Pattern.compile(FOLDER + "([^/]+)/([0-9]{8})\\.json");
    private static final int MOST_BYTES = 64 * 1024;

    /// So often others may say something else at the same moment.
    private static final int ROUNDS = 20;

    private static final Keep RELEASED = new Keep(RepositoryIdentity.FORMAT, false, null, null);

    /// @param at by the store's clock
    private record Said(int number, Instant at, @Nullable Keep keep) {}

    /// What was said last of each backup of which anything was.
    ///
    /// @param damaged told of what cannot be read
    /// @throws StoreUnavailableException when the store cannot say
    public Map<BackupId, Keep> all(Consumer<BackupException> damaged) {
        var newest = new TreeMap<BackupId, Integer>();
        forEach(FOLDER, (id, number, _) -> newest.merge(id, number, Math::max));
        var all = new HashMap<BackupId, Keep>();
        newest.forEach((id, number) -> {
            try {
                read(id, number).ifPresent(keep -> all.put(id, keep));
            } catch (BackupException e) {
                if (e instanceof StoreUnavailableException) {
                    throw e;
                }
                damaged.accept(e);
            }
        });
        return all;
    }

    /// Which backups stay at a moment.
    ///
    /// @param now by the store's clock
    /// @return each with the end of its time, if it has one
    /// @throws BackupException when something there is damaged
    /// @throws StoreUnavailableException when the store cannot say
    public Map<BackupId, Optional<Instant>> at(Instant now) {
        var kept = new HashMap<BackupId, Optional<Instant>>();
        all(Keeps::refuse)
                .forEach((id, keep) -> {
                    if (keep.holds(now)) {
                        kept.put(id, keep.end());
                    }
                });
        return kept;
    }

    /// Has a backup stay, in the place of what was said of it before.
    ///
    /// @param until up to when, by the store's clock; empty for no end
    /// @throws BackupException when there is no such backup, or a sweep removes it
    /// @throws StoreUnavailableException when the store does not confirm it
    public void keep(BackupCatalog catalog, BackupId id, Optional<Instant> until) {
        require(catalog, id);
        if (!say(
                id,
                new Keep(RepositoryIdentity.FORMAT, true, until.orElse(null), null),
                _ -> true)) {
            throw new BackupException(
                    "the backup " + id + " is being removed by a sweep of " + store,
                    "keep another one: `howdah backup list`");
        }
        if (catalog.find(id).isEmpty()) {
            forget(id);
            throw missing(id);
        }
    }

    /// Has the rules decide about a backup again.
    ///
    /// @throws BackupException when there is no such backup, or it was not kept
    /// @throws StoreUnavailableException when the store does not confirm it
    public void release(BackupCatalog catalog, BackupId id) {
        require(catalog, id);
        if (!say(id, RELEASED, before -> before != null && before.kept())) {
            throw new BackupException(
                    "the backup " + id + " is not kept by hand",
                    "see `howdah backup list`; the rules that keep it stand in `howdah backup"
                            + " expire --dry-run`");
        }
    }

    /// For a sweep: whether a backup may be removed. Where it may, nobody can keep it from then on.
    ///
    /// @param now by the store's clock
    /// @throws BackupException when something there is damaged
    /// @throws StoreUnavailableException when the store cannot say
    public boolean letGo(BackupId id, Instant now) {
        return say(
                        id,
                        new Keep(RepositoryIdentity.FORMAT, false, null, true),
                        before -> before == null || !before.holds(now))
                || goneSince(id).isPresent();
    }

    /// When a sweep has begun to remove a backup, by the store's clock; empty where none has.
    ///
    /// @throws BackupException when something there is damaged
    /// @throws StoreUnavailableException when the store cannot say
    public Optional<Instant> goneSince(BackupId id) {
        return last(id).filter(said -> said.keep() != null && said.keep().isGone()).map(Said::at);
    }

    /// For a sweep that gives up what it, or another one, had begun: the rules decide about a
    /// backup again.
    ///
    /// @throws BackupException when something there is damaged
    /// @throws StoreUnavailableException when the store does not confirm it
    public void takeBack(BackupId id) {
        last(id).filter(said -> said.keep() != null && said.keep().isGone())
                .ifPresent(said -> {
                    PutOutcome _ =
                            store.put(
                                    name(id, said.number() + 1),
                                    Content.of(RepositoryJson.write(RELEASED)),
                                    PutMode.IF_ABSENT);
                });
    }

    /// Takes away all that was said of a backup, which is gone.
    ///
    /// @throws StoreUnavailableException when the store does not confirm it
    public void forget(BackupId id) {
        var names = new ArrayList<ObjectName>();
        // From the first on: what is left says what all did.
        store.forEach(folder(id), object -> names.add(object.name()));
        names.forEach(store::delete);
    }

    /// Puts something under the next number, unless what was said last forbids it.
    ///
    /// @param allowed asked of what was said last; null: nothing was
    /// @return whether it is said
    private boolean say(BackupId id, Keep keep, Predicate<@Nullable Keep> allowed) {
        for (int round = 0; round < ROUNDS; round++) {
            Optional<Said> last = last(id);
            Keep before = last.map(Said::keep).orElse(null);
            if ((before != null && before.isGone()) || !allowed.test(before)) {
                return false;
            }
            ObjectName name = name(id, last.map(Said::number).orElse(0) + 1);
            if (store.put(name, Content.of(RepositoryJson.write(keep)), PutMode.IF_ABSENT)
                    == PutOutcome.STORED) {
                return true;
            }
        }
        throw new StoreUnavailableException(
                "many say at once whether the backup " + id + " in " + store + " stays",
                "run it again",
                null);
    }

    private Optional<Said> last(BackupId id) {
        var at = new TreeMap<Integer, Instant>();
        forEach(folder(id), (_, number, put) -> at.put(number, put));
        return Optional.ofNullable(at.lastEntry())
                .map(newest ->
                        new Said(
                                newest.getKey(),
                                newest.getValue(),
                                read(id, newest.getKey()).orElse(null)));
    }

    private interface Found {
        void number(BackupId id, int number, Instant put);
    }

    private void forEach(String prefix, Found found) {
        store.forEach(
                prefix,
                object -> {
                    Matcher name = NAME.matcher(object.name().text());
                    if (name.matches()) {
                        BackupId.parse(name.group(1))
                                .ifPresent(id ->
                                        found.number(
                                                id,
                                                Integer.parseInt(name.group(2)),
                                                object.modified()));
                    }
                });
    }

    /// Empty where it went with its backup.
    private Optional<Keep> read(BackupId id, int number) {
        ObjectName name = name(id, number);
        try (InputStream in = store.get(name)) {
            Keep keep = RepositoryJson.read(in.readNBytes(MOST_BYTES), Keep.class);
            if (keep.format() != RepositoryIdentity.FORMAT) {
                throw new BackupException(
                        name + " in " + store + " has the format " + keep.format(),
                        "use a newer howdah");
            }
            return Optional.of(keep);
        } catch (ObjectMissingException e) {
            return Optional.empty();
        } catch (ObjectDamagedException e) {
            throw damaged(e.fact(), e);
        } catch (IllegalArgumentException | TamperedException e) {
            throw damaged(name + " in " + store + " is damaged: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new StoreUnavailableException(
                    "cannot read " + name + " in " + store + ": " + e,
                    "look at the disk or the network there, then run it again",
                    e);
        }
    }

    private static BackupException damaged(String fact, Exception cause) {
        return new BackupException(
                fact,
                "delete it, and say anew whether that backup stays: `howdah backup keep ID`; until"
                        + " then no backup is removed",
                cause);
    }

    private static void refuse(BackupException damaged) {
        throw damaged;
    }

    private void require(BackupCatalog catalog, BackupId id) {
        if (catalog.find(id).isEmpty()) {
            throw missing(id);
        }
    }

    private BackupException missing(BackupId id) {
        return new BackupException(
                "there is no backup " + id + " in " + store, "see `howdah backup list`");
    }

    private static String folder(BackupId id) {
        return FOLDER + id + "/";
    }

    private static ObjectName name(BackupId id, int number) {
        return new ObjectName(folder(id) + "%08d.json".formatted(number));
    }
}
