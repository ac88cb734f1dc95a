/// A file is cut into chunks of whole pages, each known by its place (file and number) and by the
/// hash of its content: a chunk that stands unchanged at its place is not stored again. Here are
/// the sizes, the hashes, the compression, and the judgement over PostgreSQL's own page checksums.
/// All of it is pure.
@NullMarked
package io.howdah.backup.chunk;

import org.jspecify.annotations.NullMarked;
