/// What clients were told, what was found afterwards, and whether the two agree. Everything here is
/// a function of what was written down: no clock, no socket, no thread.
@NullMarked
package io.howdah.cli.chaos.check;

import org.jspecify.annotations.NullMarked;
