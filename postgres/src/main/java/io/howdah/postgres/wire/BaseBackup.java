package io.howdah.postgres.wire;

import java.nio.file.Path;

/// Runs BASE_BACKUP.
final class BaseBackup {

    private final Wire wire;
    private final Path target;

    BaseBackup(Wire wire, BaseBackupRequest request, Path target, BaseBackupListener listener) {
        this.wire = wire;
        this.target = target;
    }

    BaseBackupResult run() {
        if (wire.isOpen())
            throw new UnsupportedOperationException("not there yet: " + wire.address() + target);
        throw new BaseBackupException("closed");
    }
}
