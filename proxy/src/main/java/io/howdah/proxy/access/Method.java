package io.howdah.proxy.access;

/// What a rule demands of a client.
public enum Method {
    /// Nothing: whoever comes from there is whom he says he is. Possible for this machine's own
    /// addresses only.
    TRUST,
    /// A proof of the role's password.
    SCRAM,
    /// It does not come in.
    REJECT
}
