/// Which server of a cluster takes writes, as the proxy has to be told: it does not find out by
/// itself, and does not care who does. Whoever starts a proxy for a cluster gives it a `Topology`.
@NullMarked
package io.howdah.proxy.topology;

import org.jspecify.annotations.NullMarked;
