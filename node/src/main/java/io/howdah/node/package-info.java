/// One running node: its configuration, how its parts are wired together, its lifecycle and its
/// HTTP API.
@NullMarked
package io.howdah.node;

import org.jspecify.annotations.NullMarked;
