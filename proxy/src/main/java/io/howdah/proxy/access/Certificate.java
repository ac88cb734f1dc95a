package io.howdah.proxy.access;

/// What a rule demands of a client's certificate, beside everything else.
public enum Certificate {
    /// Nothing.
    ANY,
    /// One of the authority that the proxy believes (`clientcert=verify-ca`).
    VERIFIED,
    /// Such a one whose common name is the role (`clientcert=verify-full`).
    NAMES_ROLE
}
