/// The PostgreSQL that comes with Howdah: a compressed archive on the class path, unpacked once
/// into a directory of this machine. An inner room: other modules use `io.howdah.postgres`.
@NullMarked
package io.howdah.postgres.embedded;

import org.jspecify.annotations.NullMarked;
