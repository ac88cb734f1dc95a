/// The manifest of a backup: every file with its chunks, in the order of their paths. It is written
/// and read as a stream of lines in parts of bounded size, so that memory does not grow with the
/// database. docs/repository-format.md says how it looks.
@NullMarked
package io.howdah.backup.manifest;

import org.jspecify.annotations.NullMarked;
