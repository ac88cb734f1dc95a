package io.howdah.proxy.session;

import java.util.Map;

/// What a server once reported to a client with certain settings: enough to let the next such
/// client in without asking it again. Immutable.
///
/// @param reported all parameters, in the server's order
/// @param state the settings of the session that begins
record Welcome(Map<String, String> reported, SessionState state) {}
