package io.howdah.node.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// What an adoption does. Immutable.
///
/// @param systemIdentifier which database it is
/// @param role what it becomes
/// @param dataDirectory where it lies, and stays
/// @param postgresPid of the server that is stopped; 0 when none runs
/// @param parameters the former server's settings that the cluster keeps
/// @param access the lines of its `pg_hba.conf` that the cluster keeps
/// @param remarks what will be otherwise than before, each a sentence
public record AdoptionView(
        @JsonProperty("system_identifier") String systemIdentifier,
        MemberRole role,
        @JsonProperty("data_directory") String dataDirectory,
        @JsonProperty("postgres_pid") long postgresPid,
        SortedMap<String, String> parameters,
        List<String> access,
        List<String> remarks) {

    public AdoptionView {
        parameters = Collections.unmodifiableSortedMap(new TreeMap<>(parameters));
        access = List.copyOf(access);
        remarks = List.copyOf(remarks);
    }
}
