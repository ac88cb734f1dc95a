package io.howdah.cluster.adoption;

import io.howdah.postgres.SystemId;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What an adoption would do, for the operator who decides on it. Immutable.
///
/// @param systemId which database it is
/// @param role what it becomes
/// @param directory where it lies, and stays
/// @param pid of the server that will be stopped; 0 when none runs
/// @param parameters the settings that the cluster keeps
/// @param access the lines of its `pg_hba.conf` that the cluster keeps
/// @param judged what a standby's data are; null for a primary
/// @param remarks what will be otherwise than before, each a sentence
public record AdoptionPlan(
        SystemId systemId,
        AdoptionOrder.Role role,
        Path directory,
        long pid,
        SortedMap<String, String> parameters,
        List<String> access,
        @Nullable Judged judged,
        List<String> remarks) {

    public AdoptionPlan {
        parameters = Collections.unmodifiableSortedMap(new TreeMap<>(parameters));
        access = List.copyOf(access);
        remarks = List.copyOf(remarks);
    }
}
