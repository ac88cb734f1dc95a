/// A store without a network or a disk, for tests of whoever uses a store: several nodes share one
/// log, and nothing is delivered before the test says so.
@NullMarked
package io.howdah.consensus.memory;

import org.jspecify.annotations.NullMarked;
