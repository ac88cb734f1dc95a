package io.howdah.proxy.session;

import java.util.LinkedHashMap;
import java.util.Map;

/// What a server once reported to a client with certain settings: enough to let the next such
/// client in without asking it again. Immutable.
///
/// @param reported all parameters, in the server's order
/// @param state the settings of the session that begins
record Welcome(Map<String, String> reported, SessionState state) {

    /// What is different for nearly every client, and changes nothing else.
    static final String NAME = "application_name";

    /// Whether the server reports the name.
    boolean isNamed() {
        return reported.containsKey(NAME);
    }

    /// The same for a client that calls itself so.
    Welcome named(String name) {
        Map<String, String> told = new LinkedHashMap<>(reported);
        told.replace(NAME, name);
        return new Welcome(told, state.with(NAME, name));
    }
}
