/// The connections themselves, on one event loop: clients coming in, servers being logged in to,
/// the two joined and parted, cancel requests carried out. Everything here runs on that loop's
/// thread and needs no locks; what is decided is decided in `exchange` and `pool`.
@NullMarked
package io.howdah.proxy.session;

import org.jspecify.annotations.NullMarked;
