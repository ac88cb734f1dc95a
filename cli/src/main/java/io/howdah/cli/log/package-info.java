/// A node's log on its standard output: lines for people, or JSON lines for machines. Set up in
/// code, so that a node starts fast and nothing else has to be configured.
@NullMarked
package io.howdah.cli.log;

import org.jspecify.annotations.NullMarked;
