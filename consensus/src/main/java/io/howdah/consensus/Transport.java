package io.howdah.consensus;

import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/// How peers talk to each other.
public sealed interface Transport {

    /// Unencrypted, unauthenticated: for loopback and tests.
    record Plain() implements Transport {}

    /// TLS 1.2 or 1.3, with a certificate at both ends. Both managers are asked anew at every
    /// connection, none of which takes up an earlier session: what they show and believe may change
    /// while the store is open.
    ///
    /// @param own shows this node's certificate, as a server and as a client
    /// @param believed decides which peers may be talked to, and verifies the host's name of those
    ///   that are connected to (endpoint identification `HTTPS`)
    record MutualTls(X509ExtendedKeyManager own, X509ExtendedTrustManager believed)
            implements Transport {

        @Override
        public String toString() {
            return "MutualTls";
        }
    }
}
