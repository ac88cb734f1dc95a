package io.howdah.proxy.session;

/// Why a server may be reporting a setting.
enum Reporting {
    /// Nobody asked: its configuration has changed.
    BY_ITSELF,
    /// An errand of ours is under way.
    IN_ERRAND,
    /// A client has asked something, but not by `SET`; or its configuration has changed.
    TO_CLIENT,
    /// A client has asked by `SET`.
    AFTER_SET
}
