/// TLS on both sides: what the proxy shows to clients, and what it demands of servers. Keys are
/// read from files that nobody else may read, and read again when they were renewed.
@NullMarked
package io.howdah.proxy.encryption;

import org.jspecify.annotations.NullMarked;
