package io.howdah.backup.manifest;

import io.howdah.backup.seal.TamperedException;
import io.howdah.backup.store.ObjectDamagedException;
import io.howdah.backup.store.ObjectMissingException;
import io.howdah.backup.store.ObjectName;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.store.StoreUnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;

/// A manifest as bytes, before anything in it is believed.
///
/// @param store where it lies
/// @param folder of its parts
/// @param summary what its backup says of it
public record StoredManifest(ObjectStore store, String folder, ManifestSummary summary) {

    private static final int BUFFER_BYTES = 1 << 17;

    /// Whether it is what its backup was made with. All of it is read for that, and nothing of it
    /// kept.
    ///
    /// @throws StoreUnavailableException when the store cannot say
    public boolean isWhole() {
        MessageDigest digest = ManifestSummary.digest();
        byte[] buffer = new byte[BUFFER_BYTES];
        try {
            for (int part = 0; part < summary.parts(); part++) {
                digest(ManifestWriter.part(folder, part), digest, buffer);
            }
        } catch (ObjectMissingException | ObjectDamagedException | TamperedException e) {
            return false;
        }
        return HexFormat.of().formatHex(digest.digest()).equals(summary.sha256());
    }

    private void digest(ObjectName part, MessageDigest digest, byte[] buffer)
            throws TamperedException {
        try (InputStream in = new DigestInputStream(store.get(part), digest)) {
            while (in.read(buffer) >= 0) {}
        } catch (TamperedException e) {
            throw e;
        } catch (IOException e) {
            throw new StoreUnavailableException(
                    "cannot read " + part + " in " + store + ": " + e,
                    "look at the disk or the network there, then run it again",
                    e);
        }
    }
}
