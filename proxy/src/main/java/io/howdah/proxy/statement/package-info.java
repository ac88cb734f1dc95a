/// Prepared statements where a client has no server connection of its own: what clients call by
/// names of their own is shared by text, parameter types and settings, under one name on every
/// server connection, and prepared where a client needs it; what has no name is each client's own,
/// and parsed again where another one's lies. Parse, Bind, Describe and Close are looked at here,
/// and rewritten where they say a name; everything else is nobody's business. All replies are still
/// the server's own. Nothing here touches a socket.
@NullMarked
package io.howdah.proxy.statement;

import org.jspecify.annotations.NullMarked;
