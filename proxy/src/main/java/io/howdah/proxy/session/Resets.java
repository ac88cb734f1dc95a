package io.howdah.proxy.session;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/// What a client has had reset (`RESET`, `DISCARD ALL`) on the server connection that it has: there
/// the server's own values are in force from then on, where PostgreSQL would go back to those that
/// the session began with. So the client leaves with these, and they are put back as all others.
final class Resets {

    private final Set<String> names = new LinkedHashSet<>();
    private boolean reporting;
    private boolean unknown;
    private boolean any;

    /// The connection has exactly the settings that are known of it.
    void begin() {
        names.clear();
        unknown = false;
        any = false;
    }

    /// The server has reset something; of what it reports, what has changed follows.
    ///
    /// @param reset what it is known to be
    /// @param all whether it is known
    void done(Set<String> reset, boolean all) {
        names.addAll(reset);
        reporting = true;
        unknown |= !all;
        any = true;
    }

    /// Whether there was one.
    boolean areDone() {
        return any;
    }

    /// A setting is reported.
    ///
    /// @param own whether with the server's own value
    void reported(String name, boolean own) {
        if (reporting && own) {
            names.add(name);
        } else {
            names.remove(name);
        }
    }

    /// All that has changed was reported.
    void ready() {
        reporting = false;
    }

    /// Whether settings that are not reported may be reset although they are thought not to be.
    boolean areUnknown() {
        return unknown;
    }

    /// What the client leaves with.
    ///
    /// @param current as the server has it
    /// @param start with which the client began
    SessionState undone(SessionState current, SessionState start) {
        SessionState left = current;
        for (String name : names) {
            String value = start.reported().get(name);
            if (value != null) {
                left = left.with(name, value);
            } else if (name.equals(SessionState.READ_ONLY)) {
                left = left.withoutReadOnly();
            }
        }
        return any ? withFurther(left, start) : left;
    }

    private static SessionState withFurther(SessionState left, SessionState start) {
        Map<String, String> further = new LinkedHashMap<>(start.further());
        further.putAll(left.further());
        return left.withFurther(Map.copyOf(further));
    }
}
