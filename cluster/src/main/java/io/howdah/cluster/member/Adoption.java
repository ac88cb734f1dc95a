package io.howdah.cluster.member;

import io.howdah.cluster.adoption.AdoptionOrder;
import io.howdah.cluster.adoption.AdoptionPlan;
import io.howdah.cluster.adoption.AdoptionRules;
import io.howdah.cluster.adoption.FormerServers;
import io.howdah.cluster.adoption.Judged;
import io.howdah.cluster.adoption.OrderFile;
import io.howdah.cluster.adoption.Planning;
import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.NodeName;
import io.howdah.cluster.state.Position;
import io.howdah.cluster.step.Step;
import io.howdah.cluster.step.Steps;
import io.howdah.postgres.ControlData;
import io.howdah.postgres.DataCopy;
import io.howdah.postgres.DataDirectory;
import io.howdah.postgres.DurableFiles;
import io.howdah.postgres.OperatingSystemUser;
import io.howdah.postgres.PostgresException;
import io.howdah.postgres.SystemId;
import io.howdah.postgres.TimelineId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes a database in that was made without Howdah. `plan`, `order` and `ordered` are for any
/// thread; the rest is for the one that acts.
///
/// Every step can be repeated, and none deletes or replaces a file of the database but
/// `howdah.incarnation`, `howdah.timeline`, `standby.signal` and `postgresql.auto.conf`, which is
/// kept under another name.
public final class Adoption {

    /// Where the order lies, in the node's own directory.
    static final String ORDER = "adoption.json";

    private static final String ALTERED = "postgresql.auto.conf";
    private static final String KEPT = "postgresql.auto.conf.before-howdah";
    private static final Logger LOG = LoggerFactory.getLogger(Adoption.class);

    private final ManagedSettings settings;
    private final DataDirectory data;
    private final DurableFiles durable;
    private final Path log;
    private final SettingsCheck check;
    private final OrderFile file;
    private final Steps steps;

    /// Why the last order is void.
    private volatile @Nullable PostgresException refusal;

    Adoption(
            ManagedSettings settings,
            DataDirectory data,
            DurableFiles durable,
            Path log,
            SettingsCheck check,
            Steps steps) {
        this.settings = settings;
        this.data = data;
        this.durable = durable;
        this.log = log;
        this.check = check;
        this.file = new OrderFile(settings.directory().resolve(ORDER), durable);
        this.steps = steps;
    }

    /// What an adoption would do. The former server, if it runs, is asked and serves on.
    ///
    /// @param awaited the database that howdah.yaml names; empty when it names none
    /// @throws PostgresException when it is refused, with a fact and a HINT
    public AdoptionPlan plan(ClusterState state, NodeName self, Optional<SystemId> awaited) {
        AdoptionPlan plan =
                new Planning(data, settings.installation(), log)
                        .plan(
                                state,
                                self,
                                awaited,
                                new Planning.Ours(
                                        ServerFiles.generated(settings).asMap(),
                                        settings.parameters(),
                                        settings.access(),
                                        settings.port()));
        Map<String, String> together = new TreeMap<>(plan.parameters());
        together.putAll(settings.parameters());
        check.check(together, together(settings.access(), plan.access()));
        return plan;
    }

    private static List<String> together(List<String> chosen, List<String> carried) {
        return Stream.concat(chosen.stream(), carried.stream()).toList();
    }

    /// Takes the operator's word for what was planned; the agent carries it out, or the one after
    /// it.
    public void order(AdoptionPlan plan, String by) {
        refusal = null;
        file.write(
                new AdoptionOrder(
                        plan.role(),
                        plan.systemId(),
                        Cloning.freshIncarnation(),
                        by,
                        plan.parameters(),
                        plan.access(),
                        plan.judged()));
        steps.reached(Step.ADOPTION_ORDERED);
    }

    /// Has the next agent begin a cluster with the database that lies in its data directory, a
    /// restored one or that of a member of a former cluster.
    ///
    /// @param directory of the node's PostgreSQL
    /// @param system which database that is
    /// @param owner who runs it
    /// @param by whose word it is: a command's
    /// @param highest of the order; an earlier one, not carried out, may know a higher
    public static void orderAnew(
            Path directory,
            SystemId system,
            OperatingSystemUser owner,
            String by,
            @Nullable TimelineId highest) {
        var durable = new DurableFiles(owner);
        durable.createDirectory(directory);
        var file = new OrderFile(directory.resolve(ORDER), durable);
        TimelineId before = file.read().map(AdoptionOrder::highest).orElse(null);
        boolean higher = before != null && (highest == null || before.compareTo(highest) > 0);
        file.write(
                new AdoptionOrder(
                        AdoptionOrder.Role.PRIMARY,
                        system,
                        Cloning.freshIncarnation(),
                        by,
                        new TreeMap<>(),
                        List.of(),
                        null,
                        higher ? before : highest));
    }

    /// What is to be carried out.
    public Optional<AdoptionOrder> ordered() {
        return file.read();
    }

    /// Why the last order was not carried out and is void, where the data were not what they had
    /// been when it was given; empty: that is not so, or another order was given since.
    public Optional<PostgresException> refusal() {
        return Optional.ofNullable(refusal);
    }

    /// There is nothing to be carried out any more.
    void forget() {
        file.delete();
    }

    /// Stops the former server in order; whoever starts it again starts a standby, which
    /// acknowledges nothing.
    ///
    /// @return its last checkpoint, and the timelines that led there
    /// @throws PostgresException when another database lies there by now; when a standby's data are
    ///   not what they were when the order was given, which is void then
    Position stopFormer(AdoptionOrder order) {
        boolean whole =
                data.content() == DataDirectory.Content.DATABASE
                        && data.controlData().systemId().equals(order.systemId());
        if (!whole) {
            throw new PostgresException(
                    data + " does not hold the database " + order.systemId() + " any more",
                    "bring it back there, or delete "
                            + settings.directory().resolve(ORDER)
                            + " and restart this agent");
        }
        // what is refused is left as it is
        requireAsJudged(order);
        // before the stop: whoever starts it at once again, as systemd may, starts a standby
        data.createStandbySignal();
        FormerServers.stop(data, settings.installation(), log);
        // a promotion may have been under way
        requireAsJudged(order);
        steps.reached(Step.ADOPTION_STOPPED);
        ControlData control = data.controlData();
        return new Position(
                data.timelines()
                        .history(control.checkpointTimeline())
                        .orElseThrow(() ->
                                new UncertainTimelineException(
                                        "the history of timeline "
                                                + control.checkpointTimeline()
                                                + " is missing in pg_wal")),
                control.checkpoint());
    }

    private void requireAsJudged(AdoptionOrder order) {
        Judged judged = order.judged();
        Optional<String> objection =
                judged == null ? Optional.empty() : judged.objection(data.controlData());
        if (objection.isPresent()) {
            var why =
                    new PostgresException(
                            "what lies in "
                                    + data
                                    + " "
                                    + objection.get()
                                    + "; the order of "
                                    + order.by()
                                    + " to adopt it is void",
                            AdoptionRules.EMPTY);
            refusal = why;
            forget();
            throw why;
        }
    }

    /// Makes the data directory this node's. Its server must be stopped.
    void takeIn(AdoptionOrder order) {
        putAlterSystemAside();
        data.createStandbySignal();
        data.writeCopy(new DataCopy(order.incarnation().value(), settings.self().value()));
        steps.reached(Step.ADOPTION_TAKEN_IN);
        forget();
        LOG.info("adopted the database {} in {}", order.systemId(), data);
    }

    /// The cluster's settings have what counts of it; here it would win over every later change of
    /// those.
    private void putAlterSystemAside() {
        Path altered = data.path().resolve(ALTERED);
        Path kept = data.path().resolve(KEPT);
        if (Files.exists(altered) && !Files.exists(kept)) {
            durable.rename(altered, kept);
        }
        durable.write(
                altered,
                "# What stood here when Howdah adopted this database is in " + KEPT + "\n");
    }
}
