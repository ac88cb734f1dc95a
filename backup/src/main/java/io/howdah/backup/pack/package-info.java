/// Packs hold the chunks of many files: objects of some 16 MiB, so that a store is asked seldom,
/// written once and never changed. A pack says nothing of what is in it; manifests do.
@NullMarked
package io.howdah.backup.pack;

import org.jspecify.annotations.NullMarked;
