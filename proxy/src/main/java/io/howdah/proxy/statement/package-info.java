/// Named prepared statements where a client has no server connection of its own: what clients call
/// by names of their own is shared by text, parameter types and settings, under one name on every
/// server connection, and prepared where a client needs it. A named Parse, Bind, Describe or Close
/// is looked at and rewritten here; everything else is nobody's business. All replies are still the
/// server's own. Nothing here touches a socket.
@NullMarked
package io.howdah.proxy.statement;

import org.jspecify.annotations.NullMarked;
