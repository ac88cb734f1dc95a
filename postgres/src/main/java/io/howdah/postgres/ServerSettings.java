package io.howdah.postgres;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/// The settings of a server, as `postgresql.conf` has them: generated, sized to the machine, with
/// what the operator sets on top. Immutable and pure.
public final class ServerSettings {

    private static final Pattern NAME = Pattern.compile("[a-z_][a-z0-9_$]*(\\.[a-z_][a-z0-9_$]*)?");
    private static final int LONGEST_VALUE = 8192;

    private static final List<String> LIBRARIES = List.of("pg_stat_statements", "auto_explain");

    private static final long MIB = 1L << 20;

    private final SequencedMap<String, String> values;

    private ServerSettings(SequencedMap<String, String> values) {
        this.values = values;
    }

    /// The settings that Howdah generates. Those of which a standby must not have less than its
    /// primary (`max_connections` and its like) do not depend on the machine, so that every member
    /// can follow every other.
    ///
    /// @param machine what the server may use
    /// @param major PostgreSQL's major version, 15 to 18
    /// @param hasLibrary whether a library can be preloaded, as [Installation#hasLibrary]
    public static ServerSettings forMachine(
            Machine machine, int major, Predicate<String> hasLibrary) {
        SequencedMap<String, String> values = new LinkedHashMap<>();
        addMemory(values, machine);
        addWorkers(values, machine);
        addReplication(values, major);
        addLog(values);
        addLibraries(values, hasLibrary);
        values.put("password_encryption", "scram-sha-256");
        values.put("ssl_min_protocol_version", "TLSv1.2");
        // Clients know better which cipher their processor helps with; all that are left are safe.
        values.put("ssl_prefer_server_ciphers", "off");
        values.put("timezone", "UTC");
        values.put("datestyle", "iso, mdy");
        values.put("lc_messages", "C");
        values.put("default_text_search_config", "pg_catalog.english");
        return new ServerSettings(values);
    }

    private static void addMemory(SequencedMap<String, String> values, Machine machine) {
        long memory = machine.memoryBytes() / MIB;
        long shared = clamp(memory / 4, 64, 16 * 1024);
        values.put("shared_buffers", shared + "MB");
        values.put("effective_cache_size", clamp(memory * 3 / 4, 128, 1024 * 1024) + "MB");
        // Some queries use several times this much, and there may be a hundred of them.
        values.put("work_mem", clamp(memory / 400, 4, 64) + "MB");
        values.put("maintenance_work_mem", clamp(memory / 20, 32, 2048) + "MB");
        values.put("wal_buffers", clamp(shared / 32, 4, 16) + "MB");
        values.put("max_wal_size", clamp(memory / 4, 512, 16 * 1024) + "MB");
        values.put("min_wal_size", "128MB");
        values.put("huge_pages", "try");
    }

    private static void addWorkers(SequencedMap<String, String> values, Machine machine) {
        values.put("max_connections", "200");
        values.put("max_prepared_transactions", "0");
        values.put("max_locks_per_transaction", "64");
        values.put("max_worker_processes", "16");
        values.put("max_parallel_workers", Long.toString(clamp(machine.cores(), 2, 16)));
        values.put(
                "max_parallel_workers_per_gather", Long.toString(clamp(machine.cores() / 2, 1, 4)));
        values.put(
                "max_parallel_maintenance_workers",
                Long.toString(clamp(machine.cores() / 2, 1, 4)));
        // Fast disks are the rule today.
        values.put("random_page_cost", "1.1");
        values.put("checkpoint_timeout", "5min");
        values.put("checkpoint_completion_target", "0.9");
    }

    private static void addReplication(SequencedMap<String, String> values, int major) {
        values.put("wal_level", "replica");
        values.put("fsync", "on");
        values.put("full_page_writes", "on");
        values.put("wal_log_hints", "on");
        if (major >= 17) {
            values.put("summarize_wal", "on");
        }
        values.put("synchronous_commit", "on");
        values.put("hot_standby", "on");
        values.put("max_wal_senders", "20");
        values.put("max_replication_slots", "20");
        values.put("max_slot_wal_keep_size", "4GB");
        values.put("wal_keep_size", "128MB");
        // Each attempt is a process. Who is told of a new leader asks it at once, as a reload wakes
        // the startup process; this is for a primary that comes back without a word.
        values.put("wal_retrieve_retry_interval", "250ms");
        values.put("wal_receiver_status_interval", "1s");
        values.put("wal_receiver_timeout", "10s");
        values.put("wal_sender_timeout", "10s");
        values.put("recovery_target_timeline", "latest");
        values.put("restart_after_crash", "off");
        // Broken clients do not hold their locks for hours.
        values.put("tcp_keepalives_idle", "30");
        values.put("tcp_keepalives_interval", "10");
        values.put("tcp_keepalives_count", "3");
    }

    private static void addLog(SequencedMap<String, String> values) {
        values.put("logging_collector", "off");
        values.put("log_destination", "stderr");
        values.put("log_line_prefix", "%m [%p] %q%u@%d ");
        values.put("log_timezone", "UTC");
        values.put("log_checkpoints", "on");
        values.put("log_lock_waits", "on");
        values.put("log_autovacuum_min_duration", "10s");
        values.put("log_temp_files", "64MB");
        values.put("track_io_timing", "on");
    }

    private static void addLibraries(
            SequencedMap<String, String> values, Predicate<String> hasLibrary) {
        List<String> libraries = LIBRARIES.stream().filter(hasLibrary).toList();
        values.put("shared_preload_libraries", String.join(",", libraries));
        if (libraries.contains("auto_explain")) {
            values.put("auto_explain.log_min_duration", "5s");
        }
    }

    /// Why an operator may not set this; empty when he may.
    ///
    /// @param name in lower case
    public static Optional<String> refusal(String name, String value) {
        return ProtectedSettings.refusal(name, value);
    }

    /// These settings with the operator's on top, which win. Later ones of the same name, however
    /// it is capitalised, replace earlier ones.
    ///
    /// @param parameters `postgres.parameters` of the configuration
    /// @throws PostgresException when safety rests on one of them, with the reason, or when a name
    ///   or a value cannot be written to the file
    public ServerSettings withOperators(Map<String, String> parameters) {
        ServerSettings merged = this;
        for (Map.Entry<String, String> parameter : new TreeMap<>(parameters).entrySet()) {
            String name = parameter.getKey().strip().toLowerCase(Locale.ROOT);
            Optional<String> refusal = ProtectedSettings.refusal(name, parameter.getValue());
            if (refusal.isPresent()) {
                throw new PostgresException(
                        "postgres.parameters: "
                                + printable(name)
                                + " = '"
                                + printable(parameter.getValue())
                                + "' is refused: "
                                + refusal.get(),
                        "take it out of postgres.parameters");
            }
            merged = merged.with(name, parameter.getValue());
        }
        return merged;
    }

    /// These settings with one that the cluster decides, as in `synchronous_standby_names`.
    ///
    /// @throws PostgresException when the name or the value cannot be written to the file
    public ServerSettings with(String name, String value) {
        if (!NAME.matcher(name).matches()) {
            throw new PostgresException(
                    "not a setting of PostgreSQL: '" + printable(name) + "'",
                    "use its name, as in work_mem, or as in auto_explain.log_min_duration");
        }
        if (value.length() > LONGEST_VALUE || value.chars().anyMatch(Character::isISOControl)) {
            throw new PostgresException(
                    "the value of "
                            + name
                            + " has line breaks or more than "
                            + LONGEST_VALUE
                            + " characters",
                    "write it on one line");
        }
        SequencedMap<String, String> merged = new LinkedHashMap<>(values);
        merged.put(name, value);
        return new ServerSettings(merged);
    }

    /// All of them, in the order of the file.
    public SequencedMap<String, String> asMap() {
        return new LinkedHashMap<>(values);
    }

    /// The settings that must hold whatever any file says, that of `ALTER SYSTEM` among them: for
    /// [ServerLaunch#parameters].
    public static Map<String, String> forCommandLine() {
        return Map.of(
                "restart_after_crash", "off",
                "hot_standby", "on",
                "wal_log_hints", "on",
                "fsync", "on",
                "full_page_writes", "on",
                "logging_collector", "off",
                "log_destination", "stderr",
                "recovery_target_timeline", "latest");
    }

    /// The content of `postgresql.conf`.
    public String render() {
        StringBuilder file =
                new StringBuilder("# Written by Howdah; changes are overwritten.\n")
                        .append("# Your own settings belong into postgres.parameters.\n\n");
        values.forEach((name, value) ->
                file.append(name).append(" = '").append(quoted(value)).append("'\n"));
        return file.toString();
    }

    /// PostgreSQL reads backslashes in its file as the start of an escape.
    private static String quoted(String value) {
        return value.replace("\\", "\\\\").replace("'", "''");
    }

    private static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }

    private static long clamp(long value, long least, long most) {
        return Math.clamp(value, least, most);
    }
}
