/// Processes of this machine as PostgreSQL needs them: signals that cannot hit the wrong process, a
/// death that is noticed at once, and who works in which directory. Linux's own means, without a
/// helper program. An inner room: other modules use `io.howdah.postgres`.
@NullMarked
package io.howdah.postgres.process;

import org.jspecify.annotations.NullMarked;
