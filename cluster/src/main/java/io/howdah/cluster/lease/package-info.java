/// Time and the lease: how long a holder may count on it, when others may call it expired, and the
/// thread that renews it.
@NullMarked
package io.howdah.cluster.lease;

import org.jspecify.annotations.NullMarked;
