package io.howdah.backup.store;

import io.howdah.backup.BackupException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;

/// What an operator writes for a repository's place: a path, `file:///path`, or
/// `s3://bucket/prefix`.
public final class StoreAddress {

    private static final String FILE = "file:";

    private StoreAddress() {}

    /// The store at that address; nothing is looked at yet.
    ///
    /// @throws BackupException when it is no address of a kind that is known
    public static ObjectStore open(String address) {
        if (address.toLowerCase(Locale.ROOT).startsWith(FILE)) {
            try {
                return new FolderStore(Path.of(URI.create(address)));
            } catch (IllegalArgumentException e) {
                throw unknown(address);
            }
        }
        if (address.toLowerCase(Locale.ROOT).startsWith(S3Address.SCHEME)) {
            return new S3Store(S3Address.parse(address));
        }
        if (address.isBlank() || address.contains("://")) {
            throw unknown(address);
        }
        return new FolderStore(Path.of(address));
    }

    private static BackupException unknown(String address) {
        return new BackupException(
                "'" + address + "' is no place for a repository",
                "name a folder, as in /var/backups/orders, or a bucket, as in s3://bucket/orders");
    }
}
