package io.howdah.consensus;

import java.security.cert.X509Certificate;
import java.util.Optional;
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
    /// @param removals whose certificates open nothing any more
    record MutualTls(
            X509ExtendedKeyManager own, X509ExtendedTrustManager believed, Removals removals)
            implements Transport {

        /// Nobody was ever taken out.
        public MutualTls(X509ExtendedKeyManager own, X509ExtendedTrustManager believed) {
            this(own, believed, certificate -> Optional.empty());
        }

        @Override
        public String toString() {
            return "MutualTls";
        }
    }

    /// Who was taken out of the group. A connection may be older than that, so it is asked at each
    /// message that a peer sends, by many threads: it answers from memory.
    @FunctionalInterface
    interface Removals {
        /// The name of the node whose certificate this is, if it was taken out since it was made.
        Optional<String> removed(X509Certificate certificate);
    }
}
