package io.howdah.node.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineId;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One member as the API shows it: in `/node` about itself, in `/cluster` about all. Immutable.
///
/// @param name the node's name in `howdah.yaml`
/// @param sync whether its acknowledgement is counted by the primary's commits now
/// @param timeline the timeline its WAL ends on; null when unknown, as on a witness
/// @param lsn where its WAL ends: written on a primary, received on a replica; null when unknown
/// @param replayedLsn how far a replica has replayed; null on a primary and when unknown
/// @param lagBytes bytes behind the primary's `lsn`, 0 or above, 0 on the primary; null when
///   unknown
/// @param postgres `host:port` of its PostgreSQL; null on a witness
/// @param proxy `host:port` of its proxy; null where none runs
/// @param api base URL of its API, such as `http://127.0.0.1:6531`
/// @param agentPid process id of its agent; null when unknown
/// @param postgresPid process id of its postmaster; null when none runs or unknown
/// @param version of Howdah; null when unknown
/// @param postgresVersion such as `18.6`; null when unknown, as on a witness
/// @param postgresBuild `embedded` for the PostgreSQL that comes with Howdah; null for an installed
///   one
/// @param tags what the operator said about it; null when unknown
/// @param applied what its agent goes by of what the cluster has agreed; null when unknown, as on a
///   witness
/// @param cutOff whether it sees no majority of the nodes, so that nothing which is asked of it can
///   be agreed
/// @param note one line on what it waits for, how far it is, or what is wrong; null when all is
///   well
public record MemberStatus(
        String name,
        MemberRole role,
        MemberState state,
        boolean sync,
        @Nullable TimelineId timeline,
        @Nullable Lsn lsn,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Lsn replayedLsn,
        @Nullable Long lagBytes,
        @Nullable String postgres,
        @Nullable String proxy,
        String api,
        @Nullable Long agentPid,
        @Nullable Long postgresPid,
        @Nullable String version,
        @Nullable String postgresVersion,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String postgresBuild,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable MemberTags tags,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable AppliedState applied,
        @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean cutOff,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String note) {

    /// @throws NullPointerException when name, role, state or api is missing
    public MemberStatus {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(role, "role");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(api, "api");
    }

    /// A member that says nothing of what the cluster has agreed.
    public MemberStatus(
            String name,
            MemberRole role,
            MemberState state,
            boolean sync,
            @Nullable TimelineId timeline,
            @Nullable Lsn lsn,
            @Nullable Lsn replayedLsn,
            @Nullable Long lagBytes,
            @Nullable String postgres,
            @Nullable String proxy,
            String api,
            @Nullable Long agentPid,
            @Nullable Long postgresPid,
            @Nullable String version,
            @Nullable String postgresVersion,
            @Nullable String postgresBuild,
            @Nullable MemberTags tags,
            @Nullable String note) {
        this(
                name,
                role,
                state,
                sync,
                timeline,
                lsn,
                replayedLsn,
                lagBytes,
                postgres,
                proxy,
                api,
                agentPid,
                postgresPid,
                version,
                postgresVersion,
                postgresBuild,
                tags,
                null,
                false,
                note);
    }

    /// Whether a setting waits for a restart of its PostgreSQL.
    @JsonProperty(access = JsonProperty.Access.READ_ONLY)
    @JsonInclude(JsonInclude.Include.NON_DEFAULT)
    public boolean pendingRestart() {
        return applied != null && !applied.pendingRestart().isEmpty();
    }

    /// A member of which only the configuration is known.
    public static MemberStatus unheardOf(
            String name, MemberRole role, @Nullable String postgres, String api) {
        return new MemberStatus(
                name,
                role,
                MemberState.UNKNOWN,
                false,
                null,
                null,
                null,
                null,
                postgres,
                null,
                api,
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }

    /// The same member with what its agent goes by.
    public MemberStatus withApplied(@Nullable AppliedState newApplied) {
        return with(state, sync, lagBytes, newApplied, cutOff, note);
    }

    /// The same member in another state, with a note.
    public MemberStatus withState(MemberState newState, @Nullable String newNote) {
        return with(newState, sync, lagBytes, applied, cutOff, newNote);
    }

    /// The same member, its acknowledgement counted or not.
    public MemberStatus withSync(boolean newSync) {
        return with(state, newSync, lagBytes, applied, cutOff, note);
    }

    /// The same member with another distance to the primary.
    public MemberStatus withLagBytes(@Nullable Long newLagBytes) {
        return with(state, sync, newLagBytes, applied, cutOff, note);
    }

    /// The same member, that sees a majority or does not.
    public MemberStatus withCutOff(boolean newCutOff) {
        return with(state, sync, lagBytes, applied, newCutOff, note);
    }

    private MemberStatus with(
            MemberState newState,
            boolean newSync,
            @Nullable Long newLagBytes,
            @Nullable AppliedState newApplied,
            boolean newCutOff,
            @Nullable String newNote) {
        return new MemberStatus(
                name,
                role,
                newState,
                newSync,
                timeline,
                lsn,
                replayedLsn,
                newLagBytes,
                postgres,
                proxy,
                api,
                agentPid,
                postgresPid,
                version,
                postgresVersion,
                postgresBuild,
                tags,
                newApplied,
                newCutOff,
                newNote);
    }
}
