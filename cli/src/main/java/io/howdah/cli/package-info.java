/// The commands people type. They talk to nodes over their API.
@NullMarked
package io.howdah.cli;

import org.jspecify.annotations.NullMarked;
