/// The one door to where a repository lies. Behind `ObjectStore` stand objects that are whole or
/// not there, found by name; `FolderStore` keeps them in a folder, `S3Store` in a bucket. A caller
/// learns whether an object is not there or whether that cannot be said: the two must never be
/// taken for one another.
@NullMarked
package io.howdah.backup.store;

import org.jspecify.annotations.NullMarked;
