package io.howdah.backup.repository;

import io.howdah.backup.BackupException;
import io.howdah.backup.store.Content;
import io.howdah.backup.store.ObjectMissingException;
import io.howdah.backup.store.ObjectName;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.store.PutMode;
import io.howdah.backup.store.PutOutcome;
import io.howdah.backup.store.StoreUnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Which of several clusters of one database writes into a repository: a copy has the original's
/// system identifier, and often its howdah.yaml, but not its leaders. The repository holds one
/// change of leadership of its owner; who knows that one as its own is the owner, and puts its
/// newest there. The objects are numbered and put if absent, and the last one counts: so of two
/// that write at once one sees the other.
public final class Ownership {

    private static final String FOLDER = "owners/";
    private static final Pattern NAME = Pattern.compile("owners/([0-9]{8})\\.json");
    private static final int MOST_BYTES = 64 * 1024;

    /// More than that at once is something else than a race.
    private static final int ROUNDS = 20;

    /// @param owner null where there is none yet, and the number is 0
    private record Entry(int number, @Nullable Owner owner) {}

    private Ownership() {}

    /// Whose a repository is; empty where no cluster has written into it.
    ///
    /// @throws StoreUnavailableException when the store cannot say
    public static Optional<Owner> read(ObjectStore store) {
        return Optional.ofNullable(newest(store).owner());
    }

    /// Sees that a repository is this cluster's, or nobody's. Nothing is written.
    ///
    /// @param lineage null for a server of no cluster
    /// @throws BackupException when it is another's
    /// @throws StoreUnavailableException when the store cannot say
    static void require(ObjectStore store, @Nullable Lineage lineage) {
        read(store).ifPresent(owner -> require(store, owner, lineage));
    }

    /// As above; where it is nobody's, it becomes this cluster's, and its newest leader is written
    /// down.
    ///
    /// @throws BackupException when it is another's, or the cluster had no leader yet
    static void claim(ObjectStore store, Lineage lineage) {
        Tenure own = newest(lineage);
        Owner ours = new Owner(lineage.cluster(), own, null);
        write(
                store,
                found -> {
                    if (found == null) {
                        return Optional.of(ours);
                    }
                    require(store, found, lineage);
                    return found.tenure().equals(own) ? Optional.empty() : Optional.of(ours);
                });
    }

    /// Makes a repository this cluster's, whose ever it was. The former owner writes nothing more
    /// there from its next look on.
    ///
    /// @return whose it was; empty where it was nobody's, or this cluster's already
    /// @throws BackupException when the cluster had no leader yet
    public static Optional<Owner> takeOver(ObjectStore store, Lineage lineage) {
        Tenure own = newest(lineage);
        var former = new ArrayList<Owner>();
        write(
                store,
                found -> {
                    former.clear();
                    if (found == null || lineage.includes(found.tenure())) {
                        return Optional.of(new Owner(lineage.cluster(), own, null));
                    }
                    former.add(found);
                    return Optional.of(new Owner(lineage.cluster(), own, found.tenure()));
                });
        return former.stream().findFirst();
    }

    private static Tenure newest(Lineage lineage) {
        return lineage.newest()
                .orElseThrow(() ->
                        new BackupException(
                                "no leader of this node's cluster is known yet",
                                "start howdah on this node, and see with `howdah status` that the"
                                        + " cluster has a leader"));
    }

    private static void require(ObjectStore store, Owner owner, @Nullable Lineage lineage) {
        if (lineage == null) {
            throw new BackupException(
                    "the repository in " + store + " belongs to the cluster " + owner,
                    "name one of its nodes with --config FILE; give what is only a copy of it a"
                            + " repository of its own");
        }
        if (lineage.tenures().isEmpty()) {
            Tenure _ = newest(lineage);
        }
        if (isBehind(lineage, owner)) {
            throw new BackupException(
                    "the repository in "
                            + store
                            + " belongs to a cluster of the same name whose leader is "
                            + owner.tenure()
                            + "; the newest that this node knows of is "
                            + newest(lineage)
                            + "; nothing was written to it",
                    "see `howdah status`: a node that was cut off learns of it by itself; if this"
                            + " is another cluster, name another repository in its howdah.yaml, or"
                            + " run `howdah backup take-over --config FILE` here if the other one"
                            + " is gone for good");
        }
        if (!lineage.includes(owner.tenure())) {
            throw new BackupException(
                    "the repository in "
                            + store
                            + " belongs to another cluster with the same database: "
                            + owner
                            + " never led this one; nothing was written to it",
                    "if this is a copy, name another repository in its howdah.yaml; if the other"
                            + " one is gone for good, run `howdah backup take-over --config FILE`"
                            + " here");
        }
    }

    /// Whether that may be this cluster, with a leader that this node has not heard of yet.
    private static boolean isBehind(Lineage lineage, Owner owner) {
        return owner.cluster().equals(lineage.cluster())
                && !lineage.includes(owner.tenure())
                && owner.tenure().epoch() > newest(lineage).epoch()
                // what was restored from there has begun later, with low numbers
                && owner.tenure().began().isAfter(newest(lineage).began());
    }

    private static void write(ObjectStore store, Function<@Nullable Owner, Optional<Owner>> next) {
        for (int round = 0; round < ROUNDS; round++) {
            Entry found = newest(store);
            Optional<Owner> owner = next.apply(found.owner());
            if (owner.isEmpty()) {
                return;
            }
            int number = found.number() + 1;
            byte[] json = RepositoryJson.write(owner.get());
            if (store.put(name(number), Content.of(json), PutMode.IF_ABSENT) == PutOutcome.STORED
                    && newest(store).number() == number) {
                forget(store, number);
                return;
            }
        }
        throw new StoreUnavailableException(
                "many write at once whose the repository in " + store + " is",
                "see which clusters name this repository: only one may",
                null);
    }

    private static Entry newest(ObjectStore store) {
        for (int round = 0; round < ROUNDS; round++) {
            List<Integer> numbers = numbers(store);
            if (numbers.isEmpty()) {
                return new Entry(0, null);
            }
            int last = numbers.getLast();
            try (InputStream in = store.get(name(last))) {
                return new Entry(last, RepositoryJson.read(in.readNBytes(MOST_BYTES), Owner.class));
            } catch (ObjectMissingException e) {
                // A newer one has come meanwhile.
            } catch (IllegalArgumentException e) {
                throw new BackupException(
                        name(last) + " in " + store + " is damaged: " + e.getMessage(),
                        "see whose the repository is; then delete that object, and its cluster"
                                + " puts it anew",
                        e);
            } catch (IOException e) {
                throw new StoreUnavailableException(
                        "cannot read " + name(last) + " in " + store + ": " + e, "try again", e);
            }
        }
        throw new StoreUnavailableException(
                "what " + store + " lists in " + FOLDER + " is not there", "try again", null);
    }

    private static List<Integer> numbers(ObjectStore store) {
        var numbers = new ArrayList<Integer>();
        store.forEach(
                FOLDER,
                object -> {
                    Matcher name = NAME.matcher(object.name().text());
                    if (name.matches()) {
                        numbers.add(Integer.parseInt(name.group(1)));
                    }
                });
        return numbers;
    }

    /// What came before counts no more.
    private static void forget(ObjectStore store, int newest) {
        numbers(store).stream()
                .filter(number -> number < newest)
                .forEach(number -> store.delete(name(number)));
    }

    private static ObjectName name(int number) {
        return new ObjectName(FOLDER + "%08d.json".formatted(number));
    }
}
