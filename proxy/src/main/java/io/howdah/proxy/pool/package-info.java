/// Who gets which server connection: first come, first served, within the sizes that were
/// configured. Pure: it knows neither sockets nor clocks, and is told both.
@NullMarked
package io.howdah.proxy.pool;

import org.jspecify.annotations.NullMarked;
