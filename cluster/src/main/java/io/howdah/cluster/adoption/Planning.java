package io.howdah.cluster.adoption;

import io.howdah.cluster.state.Adoptions;
import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.NodeName;
import io.howdah.postgres.DataDirectory;
import io.howdah.postgres.Installation;
import io.howdah.postgres.PostgresException;
import io.howdah.postgres.SystemId;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Plans an adoption: looks, judges, and tells what will be otherwise than before. Changes nothing.
///
/// @param data where the database lies
/// @param installation that will run it
/// @param log read when its server dies while it starts
public record Planning(DataDirectory data, Installation installation, Path log) {

    /// How Howdah would run it.
    ///
    /// @param generated the settings that are generated for this machine
    /// @param chosen `postgres.parameters` of howdah.yaml
    /// @param access `postgres.access` of howdah.yaml
    /// @param port PostgreSQL's
    public record Ours(
            Map<String, String> generated,
            Map<String, String> chosen,
            List<String> access,
            int port) {}

    /// Plans.
    ///
    /// @param awaited the database that howdah.yaml names; empty when it names none
    /// @throws PostgresException when it is refused, with a fact and a HINT
    public AdoptionPlan plan(
            ClusterState state, NodeName self, Optional<SystemId> awaited, Ours ours) {
        Survey.Found found = new Survey(data, installation, log).look();
        AdoptionRules.require(state, self, awaited, found.candidate());
        FormerServer server = found.server();
        FormerAnswers answers = found.answers();
        if (answers != null && !answers.superuser()) {
            throw new PostgresException(
                    "the role postgres of the database is no superuser",
                    "as its superuser: alter role postgres superuser");
        }
        CarriedSettings carried =
                CarriedSettings.of(
                        answers == null ? AlterSystemFile.read(data.path()) : answers.settings(),
                        ours.generated(),
                        ours.chosen());
        boolean begins = state.systemId() == null;
        CarriedAccess access =
                CarriedAccess.of(answers == null ? List.of() : answers.access(), ours.access());
        SortedMap<String, String> kept = new TreeMap<>();
        if (begins) {
            kept.putAll(carried.parameters());
        }
        return new AdoptionPlan(
                found.candidate().systemId(),
                begins ? AdoptionOrder.Role.PRIMARY : AdoptionOrder.Role.STANDBY,
                data.path(),
                server == null ? 0 : server.pid(),
                kept,
                begins ? access.kept() : List.of(),
                begins
                        ? null
                        : Judged.of(
                                Adoptions.of(state).orElseThrow().timeline(),
                                found.candidate(),
                                found.control()),
                Remarks.of(
                        data,
                        found,
                        carried.managed(),
                        begins ? access.remark() : Optional.empty(),
                        ours.port()));
    }
}
