/// A cluster's directory: its authority, and for each node and each client a directory of its own,
/// ready to be copied to where it belongs. `howdah init` makes it; a demo has the same.
@NullMarked
package io.howdah.cli.init;

import org.jspecify.annotations.NullMarked;
