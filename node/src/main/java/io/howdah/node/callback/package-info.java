/// The operator's own program, run whenever this node becomes primary, replica, or stops: to move
/// an address, to tell a pager. Nothing waits for it.
@NullMarked
package io.howdah.node.callback;

import org.jspecify.annotations.NullMarked;
