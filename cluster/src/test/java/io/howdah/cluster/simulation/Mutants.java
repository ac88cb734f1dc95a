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
        return new ClusterDocument();
    }

    static LocalPostgres postgres(
            Mutation mutation, Cluster cluster, Host host, AgentProcess process) {
        return new SimulatedPostgres(cluster, host, process);
    }

    static Store<ClusterState, Command> store(Mutation mutation, SimulatedStore store) {
        return store;
    }
}
