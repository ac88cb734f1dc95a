package io.howdah.proxy.session;

import io.howdah.proxy.protocol.ErrorFields;
import io.howdah.proxy.session.Errands.Errand;
import io.howdah.proxy.statement.ParsingSettings;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Makes a server connection fit for its next client: puts that one's settings right, tries those
/// of one that is new, or has the server forget everything.
final class Fitting {

    /// So often in a row settings are put right that differ once they were put back. What does then
    /// cannot be put back.
    private static final int CORRECTIONS_MAXIMUM = 3;

    private final ServerSession session;
    private final ServerSettings settings;
    private final Errands errands;
    private final Shelter shelter;

    /// Whether the last client's bounds were lifted, so that what it has left can be forgotten.
    private boolean unbound;

    private int corrections;

    /// What the client asked for that came last; it may have left since.
    private StartupSettings wished = StartupSettings.NONE;

    /// @param reported at the login
    Fitting(ServerSession session, Channel channel, String user, Map<String, String> reported) {
        this.session = session;
        this.settings = new ServerSettings(user, reported);
        this.errands = new Errands(channel, session.exchange(), this::done);
        this.shelter = Shelter.of(reported);
    }

    Errands errands() {
        return errands;
    }

    /// Whether the server is busy with it.
    boolean isUnderWay() {
        return errands.isUnderWay();
    }

    /// Begins to put the settings right.
    ///
    /// @return whether they are already
    boolean fit(ClientSession client) {
        if (!client.isIn()) {
            wished = client.wished();
            run(Errand.LOGIN, settings.toBegin(wished));
            return false;
        }
        String script = settings.toPutBack(client.state());
        if (script.isEmpty()) {
            settings.become(client.state());
            return true;
        }
        corrections = 0;
        run(Errand.PUT_BACK, script);
        return false;
    }

    private void run(Errand errand, String script) {
        errands.run(errand, script.isEmpty() ? "" : shelter.over(script));
    }

    /// Asks what the client that is about to part takes along, where that is not known.
    ///
    /// @return whether it has to be asked
    boolean ask() {
        if (!settings.isToAsk()) {
            return false;
        }
        run(Errand.ASK, settings.toAsk());
        return true;
    }

    /// The server answers that.
    ///
    /// @return false when the answer is damaged
    boolean told(ByteBuf bytes, int body, int end) {
        return settings.told(bytes, body, end);
    }

    private void askDone(@Nullable ClientSession client, @Nullable ErrorFields error) {
        if (error != null) {
            session.unfit(error);
        } else {
            settings.asked(client == null ? SessionState.NONE : client.start());
            session.asked();
        }
    }

    /// Has the server forget what the last client has left.
    void reset() {
        unbound = false;
        settings.forgets();
        discard();
    }

    private void discard() {
        errands.run(Errand.RESET, "DISCARD ALL");
    }

    private void done(Errand errand, @Nullable ErrorFields error) {
        ClientSession client = session.client();
        if (errand == Errand.RESET) {
            resetDone(error);
        } else if (errand == Errand.UNBIND) {
            unbindDone(error);
        } else if (errand == Errand.ASK) {
            askDone(client, error);
        } else if (errand == Errand.LOGIN) {
            loginDone(client, error);
        } else if (client == null) {
            session.fitted();
        } else if (errand == Errand.PUT_BACK) {
            putBackDone(client, error);
        }
    }

    /// What was set counts also where its client has left meanwhile; of what failed, nothing does.
    private void loginDone(@Nullable ClientSession client, @Nullable ErrorFields error) {
        Welcome welcome = error == null ? settings.begun(wished) : null;
        if (client == null) {
            session.fitted();
        } else if (welcome != null) {
            session.begun(client, welcome);
        } else if (error != null) {
            client.refuse(error);
        }
    }

    private void putBackDone(ClientSession client, @Nullable ErrorFields error) {
        if (error != null && Shelter.isInterruption(error)) {
            session.missed(Complaints.notPutBack(error.message()));
        } else if (error != null) {
            session.unfit(error);
        } else {
            isPutBack(client);
        }
    }

    private void isPutBack(ClientSession client) {
        String rest = settings.toPutRight(client.state());
        if (rest.isEmpty() || corrections == CORRECTIONS_MAXIMUM) {
            settings.become(client.state());
            session.fitted();
        } else {
            corrections++;
            run(Errand.PUT_BACK, rest);
        }
    }

    /// `DISCARD ALL` stands alone, so it cannot lift the bounds that it is under.
    private void resetDone(@Nullable ErrorFields error) {
        boolean free = session.exchange().isFree();
        if (error != null && Shelter.isInterruption(error) && !unbound && free) {
            unbound = true;
            errands.run(Errand.UNBIND, shelter.lasting());
            return;
        }
        if (error != null || !free) {
            session.terminate();
        } else {
            settings.reset();
            session.fitted();
        }
    }

    private void unbindDone(@Nullable ErrorFields error) {
        if (error != null || !session.exchange().isFree()) {
            session.terminate();
        } else {
            discard();
        }
    }

    /// Reads a ParameterStatus.
    ///
    /// @return whose value it is, or null when the message is damaged
    @Nullable String read(ByteBuf bytes, int body, int end, Reporting reporting) {
        return settings.read(bytes, body, end, reporting);
    }

    /// Whether what new clients are told has changed with the server's configuration.
    boolean isConfiguredAnew() {
        return settings.isConfiguredAnew();
    }

    /// The same for a client that does not say what it is called.
    Welcome unnamed(Welcome welcome) {
        return settings.unnamed(welcome);
    }

    /// What goes along with the client.
    SessionState state(ClientSession client) {
        return settings.state(client.start());
    }

    /// The client has set something.
    void settingSet() {
        settings.settingSet();
    }

    /// The client has had something reset.
    void settingsReset(boolean all) {
        settings.settingsReset(all);
    }

    /// The server is ready: whatever has changed was reported.
    ///
    /// @param others whether the client has done something else than `SET`
    void ready(boolean others) {
        settings.ready(others);
    }

    ParsingSettings parsingSettings() {
        return settings.parsing();
    }

    /// Whether nothing keeps these settings from being put back elsewhere.
    boolean canMove() {
        return settings.canMove();
    }
}
