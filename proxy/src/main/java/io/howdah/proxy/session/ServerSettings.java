package io.howdah.proxy.session;

import io.howdah.proxy.protocol.Messages;
import io.howdah.proxy.statement.ParsingSettings;
import io.netty.buffer.ByteBuf;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What is known of the settings of one server connection: what it reports, what it began with, and
/// what has to change before a client finds its own again.
final class ServerSettings {

    private final String user;
    private final ReportedSettings reported = new ReportedSettings();
    private SessionState defaults = SessionState.NONE;
    private SessionState state;

    /// As it was when the client came that is here.
    private SessionState begun;

    /// What the server's configuration says of `READ_ONLY`, as far as it is known.
    private String configured;

    private boolean configuredAnew;

    /// Whether `READ_ONLY` stands in the state though perhaps nobody has set it.
    private boolean doubtful;

    /// Whether the errand that was sent last sets `READ_ONLY`.
    private boolean sets;

    private final Resets resets = new Resets();
    private final SearchPath searchPath = new SearchPath();
    private SessionState parsedBy = SessionState.NONE;
    private ParsingSettings parsing = new ParsingSettings(Map.of());

    /// @param user as whom the proxy has logged in
    /// @param reported at the login
    ServerSettings(String user, Map<String, String> reported) {
        this.user = user;
        reported.forEach((name, value) -> {
            this.reported.put(name, value);
            defaults = defaults.with(name, value);
        });
        defaults = defaults.withoutReadOnly();
        configured = reported.getOrDefault(SessionState.READ_ONLY, "");
        state = defaults;
        begun = defaults;
    }

    /// Reads a ParameterStatus.
    ///
    /// @return whose value it is, or null when the message is damaged, or one too many
    @Nullable String read(ByteBuf bytes, int body, int end, Reporting reporting) {
        String name;
        String value;
        try {
            name = Messages.text(bytes, body, end);
            value = Messages.text(bytes, body + name.length() + 1, end);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            return null;
        }
        if (!reported.put(name, value)) {
            return null;
        }
        if (SessionState.isSettable(name)) {
            searchPath.reported();
        }
        if (name.equals(SessionState.READ_ONLY)) {
            readOnly(value, reporting);
            return name;
        }
        state = state.with(name, value);
        resets.reported(name, value.equals(defaults.reported().get(name)));
        if (reporting == Reporting.BY_ITSELF) {
            defaults = defaults.with(name, value);
        }
        return name;
    }

    /// Whether somebody has set it decides whether it goes along with the client. What was set by a
    /// function looks like a change of the configuration, and does not; the next client's errand
    /// takes it back.
    private void readOnly(String value, Reporting reporting) {
        boolean set =
                switch (reporting) {
                    case BY_ITSELF -> false;
                    case IN_ERRAND -> sets;
                    case AFTER_SET -> true;
                    // or a transaction was rolled back that had set it
                    case TO_CLIENT -> value.equals(begun.reported().get(SessionState.READ_ONLY));
                };
        doubtful = reporting == Reporting.TO_CLIENT && !set;
        state =
                set || doubtful
                        ? state.with(SessionState.READ_ONLY, value)
                        : state.withoutReadOnly();
        resets.reported(SessionState.READ_ONLY, !set && value.equals(configured));
        if (!set && !value.equals(configured)) {
            configured = value;
            configuredAnew = true;
        }
    }

    /// Whether the server's configuration says something else of `READ_ONLY` since this was asked
    /// last.
    boolean isConfiguredAnew() {
        boolean anew = configuredAnew;
        configuredAnew = false;
        return anew;
    }

    /// What goes along with the client.
    ///
    /// @param start with which it began
    SessionState state(SessionState start) {
        return resets.undone(doubtful ? state.withoutReadOnly() : state, start);
    }

    /// The client has had something reset.
    ///
    /// @param all of it
    void settingsReset(boolean all) {
        Set<String> names = new LinkedHashSet<>();
        if (all) {
            names.addAll(state.reported().keySet());
            names.add(SessionState.READ_ONLY);
        }
        resets.done(names, all);
        if (all) {
            state = state.withFurther(Map.of());
        } else if (state.further().containsKey(SearchPath.NAME)) {
            searchPath.doubt();
        }
    }

    /// The client has set something.
    void settingSet() {
        searchPath.set();
    }

    /// Whether a setting may have changed that has to be asked for.
    boolean isToAsk() {
        return searchPath.isDoubtful() && !reported.values().containsKey(SearchPath.NAME);
    }

    /// What is asked of the server.
    String toAsk() {
        return searchPath.question();
    }

    /// The server answers that.
    ///
    /// @return false when the answer is damaged
    boolean told(ByteBuf bytes, int body, int end) {
        return searchPath.read(bytes, body, end);
    }

    /// It has answered.
    ///
    /// @param start with which the client began
    void asked(SessionState start) {
        boolean replaced = start.further().containsKey(SearchPath.NAME) && !resets.areDone();
        state = searchPath.in(state, replaced);
        searchPath.settle();
    }

    /// Whatever has changed was reported.
    ///
    /// @param others whether the client has done something else than `SET`
    void ready(boolean others) {
        resets.ready();
        searchPath.ready(others);
    }

    /// On what the meaning of a statement's text depends.
    @SuppressWarnings("ReferenceEquality") // as good as equal, and asked for each statement
    ParsingSettings parsing() {
        if (state != parsedBy) {
            parsedBy = state;
            parsing = state.parsing();
        }
        return parsing;
    }

    /// The connection now has exactly these settings.
    void become(SessionState reached) {
        state = reached;
        begun = reached;
        doubtful = false;
        resets.begin();
        searchPath.settle();
    }

    /// What brings the settings of a client back; empty when nothing differs.
    String toPutBack(SessionState wanted) {
        sets = wanted.reported().containsKey(SessionState.READ_ONLY);
        return SettingsScript.putBack(state, wanted, resets.areUnknown());
    }

    /// What differs although it was put back, by what the server has reported meanwhile: a changed
    /// configuration is read by an idle session with its next request, and then holds for what
    /// nobody has set. Of `READ_ONLY` it is to hold ([SessionState]). Empty when nothing differs.
    String toPutRight(SessionState wanted) {
        SessionState reached = state.withFurther(wanted.further());
        return SettingsScript.putBack(reached.withoutReadOnly(), wanted.withoutReadOnly(), false);
    }

    /// What a new client asks for; empty when that is so already.
    String toBegin(StartupSettings wished) {
        sets = wished.values().containsKey(SessionState.READ_ONLY);
        return SettingsScript.begin(state, defaults, wished);
    }

    /// A client has begun here with what it asked for.
    Welcome begun(StartupSettings wished) {
        String readOnly = reported.values().get(SessionState.READ_ONLY);
        Map<String, String> further = new LinkedHashMap<>(wished.further(defaults));
        SessionState reached = state.withoutReadOnly();
        if (readOnly != null && further.remove(SessionState.READ_ONLY) != null) {
            reached = reached.with(SessionState.READ_ONLY, readOnly);
        }
        become(reached.withFurther(Map.copyOf(further)));
        return new Welcome(new LinkedHashMap<>(reported.values()), state);
    }

    /// The same for a client that does not say what it is called.
    Welcome unnamed(Welcome welcome) {
        String name = defaults.reported().get(Welcome.NAME);
        return name == null ? welcome : welcome.named(name);
    }

    /// All is to be discarded.
    void forgets() {
        sets = false;
    }

    /// All was discarded.
    void reset() {
        become(state.withoutReadOnly().withFurther(Map.of()));
    }

    /// Whether nothing keeps these settings from being put back elsewhere.
    boolean canMove() {
        Map<String, String> known = reported.values();
        return user.equals(known.getOrDefault("session_authorization", user))
                && state.canBePutBack(known.getOrDefault("server_encoding", ""));
    }
}
