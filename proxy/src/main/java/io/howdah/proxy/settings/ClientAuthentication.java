package io.howdah.proxy.settings;

/// How clients prove who they are.
public enum ClientAuthentication {
    /// Not at all: whoever reaches the port is whom he says he is, as with `trust` in
    /// `pg_hba.conf`. So it goes with a loopback address only.
    TRUST
}
