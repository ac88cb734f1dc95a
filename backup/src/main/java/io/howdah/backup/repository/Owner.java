package io.howdah.backup.repository;

import org.jspecify.annotations.Nullable;

/// Which cluster writes into a repository: what an object in `owners` says. Immutable.
///
/// @param cluster the cluster's name, for people
/// @param tenure the newest change of leadership there when this was written
/// @param takenOverFrom whose the repository was before, where it was taken over; else null
public record Owner(String cluster, Tenure tenure, @Nullable Tenure takenOverFrom) {

    @Override
    public String toString() {
        return cluster + " (" + tenure + ")";
    }
}
