/// The archive of WAL in a repository: how its objects are named (`WalNames`), how a server's WAL
/// gets there as it is written (`WalArchiver`, with a `RepositoryArchive` for each repository),
/// which WAL is there and where it has gaps (`WalIndex`), and how a server that recovers gets it
/// (`WalSource` joins files, `WalSpool` hands them over).
///
/// A complete segment is an object of its own, written once. The one that is being written lies
/// there in pieces, which go when it is complete. On one timeline a position has one content, for
/// ever: whatever would say otherwise is refused.
@NullMarked
package io.howdah.backup.wal;

import org.jspecify.annotations.NullMarked;
