package io.howdah.backup.sweep;

import io.howdah.backup.catalog.BackupId;
import io.howdah.backup.crew.Repeated;
import io.howdah.backup.pack.PackId;
import io.howdah.backup.repository.RepositoryJson;
import io.howdah.backup.store.Content;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.store.PutMode;
import io.howdah.backup.store.PutOutcome;
import io.howdah.backup.store.StoreException;
import io.howdah.backup.store.StoreUnavailableException;
import io.howdah.backup.store.StoredObject;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The lease of a backup, from its own side. Whoever takes it knows what is about to go, and may
/// refer to all the rest until it is given back. Thread-safe; to be closed.
public final class HeldLease implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(HeldLease.class);

    private final ObjectStore store;
    private final BackupId id;
    private final List<Tombstone> tombstones;
    private final Repeated renewals = new Repeated("lease", Lease.RENEWAL, this::renewOrLog);
    private Lease lease; // guarded by this
    private boolean given; // guarded by this

    private HeldLease(ObjectStore store, BackupId id, Lease lease, List<Tombstone> tombstones) {
        this.store = store;
        this.id = id;
        this.lease = lease;
        this.tombstones = tombstones;
    }

    /// Takes a lease: first it is there, and then what is about to go is read. So a sweep whose
    /// tombstone was not there yet sees the lease.
    ///
    /// @throws StoreUnavailableException when the store does not confirm it
    public static HeldLease take(ObjectStore store, BackupId id) {
        var first = new Lease(host(), ProcessHandle.current().pid(), null, List.of());
        put(store, id, first);
        Instant began = began(store, id);
        List<Tombstone> tombstones = new Tombstones(store).all();
        List<String> seen = tombstones.stream().map(Tombstone::id).toList();
        var held =
                new HeldLease(
                        store,
                        id,
                        new Lease(first.host(), first.process(), began, seen),
                        tombstones);
        held.renew();
        return held;
    }

    /// Packs that are about to go, hold little that is needed, or were found to be damaged: nothing
    /// new may refer to them.
    public Set<PackId> absent() {
        var absent = new HashSet<PackId>(AvoidedPacks.worn(store).read());
        absent.addAll(AvoidedPacks.damaged(store).read());
        tombstones.forEach(each -> absent.addAll(each.packs()));
        return absent;
    }

    /// What is about to go.
    public List<Tombstone> tombstones() {
        return tombstones;
    }

    /// Says that the backup is still under way. Where the store does not answer, that is tried
    /// again with the next renewal.
    public synchronized void renew() {
        if (!given) {
            put(store, id, lease);
        }
    }

    /// As [#renew], and trouble is only logged.
    void renewOrLog() {
        try {
            renew();
        } catch (StoreException e) {
            LOG.warn("the lease of backup {} is not renewed: {}", id, e.getMessage());
        }
    }

    /// Renews it from now on, until it is closed.
    public void keepAlive() {
        renewals.start();
    }

    /// Gives it back: the backup has ended, or has failed.
    @Override
    public void close() {
        synchronized (this) {
            given = true;
        }
        renewals.close();
        try {
            store.delete(id.lease());
        } catch (StoreException e) {
            LOG.warn("the lease of backup {} stays behind: {}", id, e.getMessage());
        }
    }

    private static void put(ObjectStore store, BackupId id, Lease lease) {
        PutOutcome _ =
                store.put(id.lease(), Content.of(RepositoryJson.write(lease)), PutMode.REPLACE);
    }

    /// The store's word alone is not enough: others must see it.
    private static Instant began(ObjectStore store, BackupId id) {
        return store.list(id.lease().text(), null).stream()
                .map(StoredObject::modified)
                .findFirst()
                .orElseThrow(() ->
                        new StoreUnavailableException(
                                store + " confirmed " + id.lease() + " and does not have it",
                                "this store loses what it is given; use another one",
                                null));
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown";
        }
    }
}
