package io.howdah.backup.seal;

import io.howdah.backup.BackupException;
import io.howdah.backup.repository.Repository;
import io.howdah.backup.repository.RepositoryIdentity;
import io.howdah.backup.store.Content;
import io.howdah.backup.store.ObjectDamagedException;
import io.howdah.backup.store.ObjectName;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.store.PutMode;
import io.howdah.backup.store.PutOutcome;
import io.howdah.backup.store.StoreUnavailableException;
import io.howdah.backup.store.StoredObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/// Seals everything on its way into a store, and opens it on its way out; all but what says whose
/// repository it is, and how it is encrypted. An object opens under its own name only. Thread-safe.
public final class SealedStore implements ObjectStore {

    private static final int MOST_SALTS = 4096;

    private final ObjectStore store;
    private final KeySource source;

    /// Held while the operator's key is asked for, so that many who need it ask once.
    private final Object asking = new Object();

    private byte @Nullable [] secret; // guarded by asking
    private byte @Nullable [] key; // guarded by this

    /// Keys of objects that are read in parts. Guarded by itself.
    private final Map<ObjectName, SecretKey> recent =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<ObjectName, SecretKey> eldest) {
                    return size() > MOST_SALTS;
                }
            };

    /// @param store where the sealed objects lie
    /// @param source of the operator's key, read when it is needed first, and anew only where the
    ///   one that is known does not open the repository any more
    public SealedStore(ObjectStore store, KeySource source) {
        this.store = store;
        this.source = source;
    }

    /// A store, sealed where there is a key.
    public static ObjectStore of(ObjectStore store, Optional<KeySource> key) {
        return key.<ObjectStore>map(source -> new SealedStore(store, source)).orElse(store);
    }

    /// The store below, as it is.
    public ObjectStore raw() {
        return store;
    }

    /// Where the operator's key comes from.
    public KeySource source() {
        return source;
    }

    /// The operator's key, as it was read last.
    public byte[] secret() {
        synchronized (asking) {
            byte[] known = secret;
            if (known == null) {
                known = source.read();
                secret = known;
            }
            return known;
        }
    }

    private Optional<byte[]> open(Encryption encryption, UUID cluster) {
        synchronized (asking) {
            boolean isNew = secret == null;
            Optional<byte[]> opened = encryption.open(secret(), cluster);
            if (opened.isEmpty() && !isNew) {
                secret = null;
                opened = encryption.open(secret(), cluster);
            }
            if (opened.isEmpty()) {
                // Whoever mends it is not to start this process anew.
                secret = null;
            }
            return opened;
        }
    }

    /// Sees that the operator's key opens the repository.
    ///
    /// @throws BackupException when it does not
    public byte[] unlock(RepositoryIdentity identity) {
        Encryption encryption = identity.encryption();
        if (encryption == null) {
            throw new BackupException(
                    "the repository in " + store + " is not encrypted, and a key is named for it",
                    "leave the key out, or begin an encrypted repository elsewhere");
        }
        if (!encryption.cipher().equals(Encryption.CIPHER)) {
            throw new BackupException(
                    "the repository in " + store + " is encrypted with " + encryption.cipher(),
                    "use a newer howdah");
        }
        byte[] opened =
                open(encryption, identity.cluster())
                        .orElseThrow(() ->
                                new BackupException(
                                        "the key does not open the repository in " + store,
                                        "name the key that it was made with, or one that"
                                                + " `howdah backup rotate-key` has added"));
        synchronized (this) {
            key = opened;
        }
        return opened;
    }

    private byte[] key() {
        synchronized (this) {
            if (key != null) {
                return key;
            }
        }
        return unlock(Repository.identity(store));
    }

    private SecretKey keyOf(ObjectName name, byte[] salt) {
        return Derivation.key(key(), salt, "howdah object " + name);
    }

    @Override
    public PutOutcome put(ObjectName name, Content content, PutMode mode) {
        if (Repository.isIdentity(name)) {
            return store.put(name, content, mode);
        }
        // The same bytes each time that they are read: a store may have to try again.
        byte[] salt = Derivation.salt();
        SecretKey of = keyOf(name, salt);
        try {
            return store.put(
                    name,
                    Content.of(
                            SealedFormat.sealedBytes(content.size()),
                            () -> SealingStream.seal(content.open(), of, SealedFormat.head(salt))),
                    mode);
        } catch (IOException e) {
            throw unreadable(name, e);
        }
    }

    @Override
    public InputStream get(ObjectName name) {
        InputStream sealed = store.get(name);
        if (Repository.isIdentity(name)) {
            return sealed;
        }
        try {
            byte[] salt = SealedFormat.salt(sealed.readNBytes(SealedFormat.HEAD_BYTES));
            if (salt.length == 0) {
                sealed.close();
                throw notSealed(name);
            }
            return SealingStream.open(sealed, keyOf(name, salt));
        } catch (IOException e) {
            throw unreadable(name, e);
        }
    }

    @Override
    public byte[] get(ObjectName name, long offset, int length) {
        if (Repository.isIdentity(name)) {
            return store.get(name, offset, length);
        }
        SecretKey known;
        synchronized (recent) {
            known = recent.get(name);
        }
        if (known != null) {
            try {
                return read(name, offset, length, known);
            } catch (ObjectDamagedException e) {
                // It may have been replaced.
                synchronized (recent) {
                    recent.remove(name);
                }
            }
        }
        byte[] salt = SealedFormat.salt(store.get(name, 0, SealedFormat.HEAD_BYTES));
        if (salt.length == 0) {
            throw notSealed(name);
        }
        SecretKey fresh = keyOf(name, salt);
        byte[] read = read(name, offset, length, fresh);
        synchronized (recent) {
            recent.put(name, fresh);
        }
        return read;
    }

    /// Reads the blocks that hold these bytes, and one byte more, which says whether the last one
    /// is the object's last.
    private byte[] read(ObjectName name, long offset, int length, SecretKey with) {
        long first = offset / SealedFormat.BLOCK_BYTES;
        long blocks = (offset + Math.max(1, length) - 1) / SealedFormat.BLOCK_BYTES - first + 1;
        long bytes = blocks * SealedFormat.SEALED_BLOCK_BYTES;
        byte[] sealed =
                store.get(
                        name,
                        SealedFormat.HEAD_BYTES + first * SealedFormat.SEALED_BLOCK_BYTES,
                        Math.toIntExact(bytes + 1));
        var plain = new ByteArrayOutputStream(sealed.length);
        try {
            for (int at = 0; at < Math.min(sealed.length, bytes); ) {
                int end = Math.min(sealed.length, at + SealedFormat.SEALED_BLOCK_BYTES);
                plain.writeBytes(
                        Derivation.cipher(
                                        Cipher.DECRYPT_MODE,
                                        with,
                                        first + at / SealedFormat.SEALED_BLOCK_BYTES,
                                        end == sealed.length)
                                .doFinal(sealed, at, end - at));
                at = end;
            }
        } catch (GeneralSecurityException e) {
            throw damaged(name, "it was changed or cut off since it was stored", e);
        }
        byte[] all = plain.toByteArray();
        int from = (int) Math.min(all.length, offset - first * SealedFormat.BLOCK_BYTES);
        return Arrays.copyOfRange(all, from, Math.min(all.length, from + length));
    }

    @Override
    public List<StoredObject> list(String prefix, @Nullable ObjectName after) {
        return store.list(prefix, after).stream().map(SealedStore::opened).toList();
    }

    @Override
    public void forEach(String prefix, @Nullable ObjectName after, Consumer<StoredObject> action) {
        store.forEach(prefix, after, object -> action.accept(opened(object)));
    }

    private static StoredObject opened(StoredObject object) {
        return Repository.isIdentity(object.name())
                ? object
                : new StoredObject(
                        object.name(), SealedFormat.plainBytes(object.size()), object.modified());
    }

    @Override
    public void delete(ObjectName name) {
        store.delete(name);
    }

    private ObjectDamagedException notSealed(ObjectName name) {
        return damaged(name, "it was not sealed with the repository's key", null);
    }

    private ObjectDamagedException damaged(ObjectName name, String how, @Nullable Throwable cause) {
        return new ObjectDamagedException(name, toString(), how, cause);
    }

    private StoreUnavailableException unreadable(ObjectName name, IOException e) {
        return new StoreUnavailableException(
                "cannot read " + name + " in " + store + ": " + e,
                "look at the disk or the network there, then run it again",
                e);
    }

    @Override
    public String identity() {
        return store.identity();
    }

    @Override
    public String toString() {
        return store.toString();
    }
}
