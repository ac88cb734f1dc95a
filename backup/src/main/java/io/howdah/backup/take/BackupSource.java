package io.howdah.backup.take;

import io.howdah.postgres.DataDirectory;
import io.howdah.postgres.wire.ConnectionSettings;

/// The server that is backed up. Immutable.
///
/// @param data where its files lie, on this machine
/// @param connection how to talk to it, as a role that may call `pg_backup_start`
/// @param name what an operator calls it
public record BackupSource(DataDirectory data, ConnectionSettings connection, String name) {}
