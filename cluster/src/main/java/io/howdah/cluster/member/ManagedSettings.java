package io.howdah.cluster.member;

import io.howdah.cluster.state.NodeName;
import io.howdah.postgres.Installation;
import io.howdah.postgres.wire.Secret;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What a node must know to run its PostgreSQL. Immutable.
///
/// @param self this node
/// @param cluster the cluster's name
/// @param installation whose programs are run
/// @param directory where everything of this PostgreSQL lies; it belongs to the user that runs it
/// @param data the data directory, absolute; its database may have been made without Howdah
/// @param host the address it listens on
/// @param port its port
/// @param serversOnThisMachine how many share this machine's memory
/// @param parameters the operator's settings
/// @param access the operator's lines of `pg_hba.conf`
/// @param secrets the passwords of the cluster's own roles
/// @param keys what this node proves itself with; null where all members are on one machine and
///   nothing is encrypted
/// @param memberAddresses the numeric addresses that members connect from, as they are known now
/// @param firstDatabase what to create in a new cluster; null for nothing
/// @param archiveSlot the slot of whoever archives this node's WAL, which is his to make and to
///   move, on a standby too; null: nobody archives it, and a slot that was left goes
/// @param writesStopped whether writes are to be refused now, as the archive could not hold them
/// @param copySource where fresh copies come from before any member is asked; null: from members
public record ManagedSettings(
        NodeName self,
        String cluster,
        Installation installation,
        Path directory,
        Path data,
        String host,
        int port,
        int serversOnThisMachine,
        Map<String, String> parameters,
        List<String> access,
        MemberSecrets secrets,
        @Nullable MemberKeys keys,
        Supplier<Set<String>> memberAddresses,
        @Nullable FirstDatabase firstDatabase,
        @Nullable String archiveSlot,
        BooleanSupplier writesStopped,
        @Nullable CopySource copySource) {

    /// With the data directory in its usual place, and nobody who archives its WAL.
    public ManagedSettings(
            NodeName self,
            String cluster,
            Installation installation,
            Path directory,
            String host,
            int port,
            int serversOnThisMachine,
            Map<String, String> parameters,
            List<String> access,
            MemberSecrets secrets,
            @Nullable MemberKeys keys,
            Supplier<Set<String>> memberAddresses,
            @Nullable FirstDatabase firstDatabase) {
        this(
                self,
                cluster,
                installation,
                directory,
                directory.resolve("data"),
                host,
                port,
                serversOnThisMachine,
                parameters,
                access,
                secrets,
                keys,
                memberAddresses,
                firstDatabase,
                null,
                () -> false,
                null);
    }

    /// A database for the application, made with a new cluster.
    ///
    /// @param name the database
    /// @param owner its owner, a role that may log in
    /// @param password the owner's
    public record FirstDatabase(String name, String owner, Secret password) {}
}
