package io.howdah.proxy.settings;

/// How much the proxy demands of a server before it says who it is, as libpq's `sslmode`.
public enum ServerTlsMode {
    /// Nothing is encrypted.
    DISABLE,
    /// Encrypted where the server can; nobody is recognised.
    PREFER,
    /// Encrypted; nobody is recognised.
    REQUIRE,
    /// Encrypted, with a certificate of the authority.
    VERIFY_CA,
    /// Encrypted, with a certificate of the authority that names the host.
    VERIFY_FULL;

    /// Whether a certificate is believed only when the authority made it.
    public boolean verifies() {
        return this == VERIFY_CA || this == VERIFY_FULL;
    }
}
