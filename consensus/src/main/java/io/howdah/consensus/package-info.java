/// The agreed state: one small document, kept by a group of nodes, changed only by commands that
/// each of them applies in the same order. This room does not know what the document says.
@NullMarked
package io.howdah.consensus;

import org.jspecify.annotations.NullMarked;
