package io.howdah.proxy.settings;

import io.howdah.postgres.wire.ServerAddress;

/// Which server a database's connections go to.
public sealed interface ServerChoice {

    /// Always the same.
    record Fixed(ServerAddress address) implements ServerChoice {
        @Override
        public String toString() {
            return address.toString();
        }
    }

    /// Whoever leads the cluster that the proxy belongs to.
    record Primary() implements ServerChoice {
        @Override
        public String toString() {
            return "the cluster's primary";
        }
    }
}
