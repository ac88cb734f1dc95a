package io.howdah.cluster.member;

import io.howdah.cluster.state.NodeName;
import io.howdah.cluster.step.Step;
import io.howdah.cluster.step.Steps;
import io.howdah.postgres.PostgresException;
import io.howdah.postgres.wire.Secret;
import java.io.UncheckedIOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// From whom this standby receives WAL: its service file, the receivers that go by it, and the cut
/// (10-cluster.md, "The cut"). For one thread.
final class Receiving {

    private static final Logger LOG = LoggerFactory.getLogger(Receiving.class);

    private final NodeName self;
    private final Secret password;
    private final ServiceFile service;
    private final ServerFiles files;
    private final HeldServer server;
    private final DirectoryIdentity identity;
    private final Steps steps;

    /// Whether no receiver is left that connected by an earlier service file.
    private boolean cutOff;

    /// Whether the latest cut was completed, and nobody was named since: a winner is cut off to
    /// vote and again to claim.
    private boolean cutHolds;

    /// The file names another source than a receiver that may be there went by: the server has not
    /// been told yet.
    private boolean goesElsewhere;

    /// Nobody knows yet what an earlier agent has left.
    Receiving(
            ManagedSettings settings,
            ServiceFile service,
            ServerFiles files,
            HeldServer server,
            DirectoryIdentity identity,
            Steps steps) {
        this.self = settings.self();
        this.password = settings.secrets().replication();
        this.service = service;
        this.files = files;
        this.server = server;
        this.identity = identity;
        this.steps = steps;
    }

    /// The server was started just now, and goes by the file as it is.
    void started() {
        cutOff = true;
    }

    /// Whether nothing can be received but from whom the file names: else a receiver from before,
    /// that nobody has ended, may be at work still.
    boolean isCutOff() {
        return cutOff;
    }

    /// Nothing is received from anybody any more, whoever was asked for it and when. Durable when
    /// this returns.
    ///
    /// @throws PostgresException when that cannot be said for certain: then PostgreSQL has to end
    void cut() {
        if (cutHolds) {
            return;
        }
        cutOff = false;
        service.empty();
        steps.reached(Step.CUT_FILE_EMPTY);
        retryFor(false);
        server.endWalReceivers();
        cutOff = true;
        cutHolds = true;
    }

    /// From that leader.
    void follow(Upstream leader) {
        boolean wasCut = cutHolds;
        cutHolds = false;
        goesElsewhere = true;
        service.fill(
                leader,
                new Follower.StandbyName(self, identity.known().incarnation(), leader.epoch()),
                password);
        connectAnew(wasCut);
    }

    /// From that member, which does not lead, until it is asked for a vote again.
    void catchUp(Upstream source) {
        boolean wasCut = cutHolds;
        cutHolds = false;
        goesElsewhere |= service.fillToCatchUp(source, self, password);
        if (goesElsewhere) {
            connectAnew(wasCut);
        }
    }

    /// By what the service file says now. Who was cut off has no receiver that went by an earlier
    /// one. Another may stream from a former leader, which is a standby by now: it would stay
    /// there.
    private void connectAnew(boolean wasCut) {
        if (!wasCut) {
            server.endWalReceivers();
        }
        retryFor(true);
        goesElsewhere = false;
    }

    /// Has the server look for its leader at once, and soon again or not. `ServerUpkeep` makes up
    /// for what could not be written.
    private void retryFor(boolean leader) {
        files.looksForNobody(!leader);
        if (server.pid().isPresent()) {
            try {
                files.rewriteConfiguration();
            } catch (UncheckedIOException e) {
                LOG.info("{}; it is written as soon as it can be", e.getMessage());
            }
            server.wakeStartup();
        }
    }
}
