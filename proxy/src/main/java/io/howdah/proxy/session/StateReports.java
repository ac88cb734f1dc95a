package io.howdah.proxy.session;

import io.netty.buffer.ByteBuf;

/// What a server says of the state of its session, beside its answers: settings that it reports,
/// has set or has reset, statements that it has forgotten. Whoever keeps account of that is told.
final class StateReports {

    private final ServerSession session;
    private final Welcomes welcomes;
    private final Fitting fitting;

    /// A `SET` was done since the server was ready.
    private boolean set;

    /// Something else was done for the client since the server was ready.
    private boolean others;

    StateReports(ServerSession session, Welcomes welcomes, Fitting fitting) {
        this.session = session;
        this.welcomes = welcomes;
        this.fitting = fitting;
    }

    /// The server reports a setting.
    ///
    /// @return false when the message is damaged
    boolean reported(ByteBuf bytes, int body, int end) {
        Reporting reporting = reporting();
        String name = fitting.read(bytes, body, end, reporting);
        session.statements().settingReported();
        boolean asked = reporting != Reporting.BY_ITSELF;
        if (name != null
                && (!(asked && SessionState.isSettable(name)) || fitting.isConfiguredAnew())) {
            welcomes.forget();
        }
        return name != null;
    }

    private Reporting reporting() {
        if (fitting.isUnderWay()) {
            return Reporting.IN_ERRAND;
        }
        return session.client() == null && !session.isAbandoned()
                ? Reporting.BY_ITSELF
                : set ? Reporting.AFTER_SET : Reporting.TO_CLIENT;
    }

    /// The server has done a `SET`; it reports what that has changed before it is ready.
    void settingSet() {
        set = true;
        fitting.settingSet();
    }

    /// The server has done something else for the client, which may have changed settings, too.
    void otherDone() {
        others = true;
    }

    /// The server has done a `RESET`, or a `DISCARD ALL`; it reports what that has changed before
    /// it is ready.
    ///
    /// @param all whether all is reset
    void settingsReset(boolean all) {
        fitting.settingsReset(all);
    }

    /// The server answers what it was asked for itself.
    ///
    /// @return false when the answer is damaged
    boolean told(ByteBuf bytes, int body, int end) {
        return fitting.told(bytes, body, end);
    }

    /// The server has forgotten what was prepared.
    void discarded() {
        ClientSession client = session.client();
        if (client != null) {
            client.forgetStatements();
        }
        session.statements().clear();
    }

    /// The server is ready: whatever has changed was reported.
    void ready() {
        set = false;
        fitting.ready(others);
        others = false;
    }
}
