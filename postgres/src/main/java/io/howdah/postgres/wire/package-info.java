/// Talking to one PostgreSQL server over its own protocol: a small blocking client for queries
/// (`PostgresConnection`) and for the commands of replication (`ReplicationConnection`), among them
/// the base backup and the stream of WAL. It is our own because the JDBC driver can neither run
/// BASE_BACKUP nor use unix sockets. It waits by blocking, so it is meant to be called from virtual
/// threads; every wait has a deadline, and nothing that a server sends is believed before it has
/// been checked.
@NullMarked
package io.howdah.postgres.wire;

import org.jspecify.annotations.NullMarked;
