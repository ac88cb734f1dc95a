/// Processes beside a node: of the same installation, started, watched and started again by the
/// agent, and left running, for the next one to take over, when the agent alone ends. What they do
/// is theirs; here is how they are kept.
@NullMarked
package io.howdah.node.beside;

import org.jspecify.annotations.NullMarked;
