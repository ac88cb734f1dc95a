/// PostgreSQL's messages as the proxy meets them: cutting a stream into messages without copying
/// it, the first packet of a connection, and the few messages that the proxy writes itself. Lengths
/// are checked before they are believed.
@NullMarked
package io.howdah.proxy.protocol;

import org.jspecify.annotations.NullMarked;
