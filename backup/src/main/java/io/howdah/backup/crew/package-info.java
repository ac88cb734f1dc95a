/// Threads that do the heavy work, each with tools of its own.
@NullMarked
package io.howdah.backup.crew;

import org.jspecify.annotations.NullMarked;
