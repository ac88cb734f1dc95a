package io.howdah.proxy.session;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Statements that bring a server connection from one state of its settings to another. Names and
/// values are literals of pure ASCII, so no encoding and no setting changes what they mean. What
/// would bound the statements behind it comes last.
final class SettingsScript {

    /// Literals, by names.
    private final Map<String, String> changes = new LinkedHashMap<>();

    /// The same, of what is set before: values that others are meant in addition to.
    private final Map<String, String> grounds = new LinkedHashMap<>();

    private SettingsScript() {}

    /// From what a connection has to what a client left elsewhere; empty when nothing differs.
    ///
    /// @param unknown whether settings that are not reported may be in force or not
    static String putBack(SessionState from, SessionState to, boolean unknown) {
        if (from.equals(to) && !unknown) {
            return "";
        }
        SettingsScript script = new SettingsScript();
        script.change(from, to, unknown ? Map.of() : from.further());
        return script.text();
    }

    /// From what a connection has to what a new client asks for; empty when nothing differs. What
    /// is asked for may be a part of a value (`DateStyle=ISO`) and leave the rest to what there is:
    /// that has to be what the connection began with, and not what the last client has left.
    ///
    /// @param defaults what the connection began with
    /// @param wished by the client's first packet
    static String begin(SessionState from, SessionState defaults, StartupSettings wished) {
        SettingsScript script = new SettingsScript();
        script.change(from, defaults, from.further());
        script.grounds.putAll(script.changes);
        script.grounds.keySet().retainAll(defaults.reported().keySet());
        script.grounds.keySet().retainAll(wished.values().keySet());
        wished.values()
                .forEach((name, value) -> {
                    if (value.equals(defaults.reported().get(name))) {
                        script.grounds.remove(name);
                    } else {
                        script.set(name, value);
                    }
                });
        return script.text();
    }

    /// @param further what is in force for sure of that which is not reported
    private void change(SessionState from, SessionState to, Map<String, String> further) {
        from.further()
                .forEach((name, value) -> {
                    if (!to.further().containsKey(name)) {
                        reset(name);
                    }
                });
        if (from.reported().containsKey(SessionState.READ_ONLY)
                && !to.reported().containsKey(SessionState.READ_ONLY)) {
            reset(SessionState.READ_ONLY);
        }
        setWhereDifferent(from.reported(), to.reported());
        setWhereDifferent(further, to.further());
    }

    private void setWhereDifferent(Map<String, String> from, Map<String, String> to) {
        to.forEach((name, value) -> {
            if (!value.equals(from.get(name))) {
                set(name, value);
            }
        });
    }

    private void set(String name, String value) {
        changes.put(name, quoted(value));
    }

    /// What `RESET` does, but for names that are keywords, or too long for an identifier, too.
    private void reset(String name) {
        changes.put(name, "NULL");
    }

    private String text() {
        return Stream.concat(
                        grounds.entrySet().stream(),
                        Shelter.boundsLast(changes).entrySet().stream())
                .map(change ->
                        "SELECT pg_catalog.set_config("
                                + quoted(change.getKey())
                                + ","
                                + change.getValue()
                                + ",false)")
                .collect(Collectors.joining(";"));
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("E'");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x20 || c > 0x7e || c == '\'' || c == '\\') {
                quoted.append("\\x").append("%02x".formatted((int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('\'').toString();
    }
}
