package io.howdah.cluster.simulation;

import io.howdah.cluster.member.LocalPostgres;
import io.howdah.cluster.state.ClusterDocument;
import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Command;
import io.howdah.consensus.DocumentType;
import io.howdah.consensus.Store;

/// The parts that an agent is made of, with one rule switched off.
final class Mutants {

    private Mutants() {}

    static DocumentType<ClusterState, Command> document(Mutation mutation) {
        return switch (mutation) {
            case BASE,
                    UNIQUE_TIMELINES,
                    HIGHEST_POSITION,
                    GRACE,
                    SEEN_GRACE,
                    UNHEARD_RESUME,
                    HOLDERS_LEASE,
                    CHOICE ->
                    new MutantDocument(mutation);
            default -> new ClusterDocument();
        };
    }

    static LocalPostgres postgres(
            Mutation mutation, Cluster cluster, Host host, AgentProcess process) {
        return switch (mutation) {
            case ATTACH_CHECK, VOTERS_BEFORE_NAMES ->
                    new CarelessPostgres(mutation, cluster, host, process);
            default -> new SimulatedPostgres(cluster, host, process);
        };
    }

    static Store<ClusterState, Command> store(Mutation mutation, SimulatedStore store) {
        return switch (mutation) {
            case CLAIM -> new HastyStore(store);
            case SETTLED_RECORD -> new TrustingStore(store);
            default -> store;
        };
    }
}
