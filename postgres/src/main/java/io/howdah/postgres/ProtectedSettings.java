package io.howdah.postgres;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The settings that the operator must not change, each with the reason. Pure.
final class ProtectedSettings {

    private static final String FOLLOWING =
            "Howdah decides whom a server follows; it could otherwise acknowledge what is lost";
    private static final String ACKNOWLEDGING =
            "no acknowledged write may be lost: the cluster keeps this in step with its votes";
    private static final String PLACING =
            "Howdah places the server's files, ports and sockets (node's own settings)";
    private static final String CRASHING =
            "a server that restarts behind Howdah's back could be a second primary";
    private static final String RECOVERING =
            "Howdah drives recovery; point-in-time restore is a command of its own";
    private static final String DISK = "a crash of the machine would corrupt or lose data";
    private static final String LOGGING =
            "Howdah reads the server's log, to explain a failed start";
    private static final String ALTERING =
            "Howdah itself takes back what ALTER SYSTEM did to settings that safety rests on";
    private static final String REWINDING = "pg_rewind needs it when an old primary returns";
    private static final String ENCRYPTING =
            "members prove to each other who they are by the cluster's own certificates";
    private static final String READING = "Howdah asks its standbys how far they are";

    private static final Map<String, String> REASONS =
            Map.ofEntries(
                    Map.entry("primary_conninfo", FOLLOWING),
                    Map.entry("primary_slot_name", FOLLOWING),
                    Map.entry("wal_receiver_create_temp_slot", FOLLOWING),
                    Map.entry("synchronous_standby_names", ACKNOWLEDGING),
                    Map.entry("synchronized_standby_slots", ACKNOWLEDGING),
                    Map.entry("restart_after_crash", CRASHING),
                    Map.entry("hot_standby", READING),
                    Map.entry("wal_log_hints", REWINDING),
                    Map.entry("restore_command", RECOVERING),
                    Map.entry("archive_cleanup_command", RECOVERING),
                    Map.entry("recovery_end_command", RECOVERING),
                    Map.entry("promote_trigger_file", RECOVERING),
                    Map.entry("data_directory", PLACING),
                    Map.entry("config_file", PLACING),
                    Map.entry("hba_file", PLACING),
                    Map.entry("ident_file", PLACING),
                    Map.entry("external_pid_file", PLACING),
                    Map.entry("port", PLACING),
                    Map.entry("listen_addresses", PLACING),
                    Map.entry("unix_socket_directories", PLACING),
                    Map.entry("cluster_name", PLACING),
                    Map.entry("ssl", ENCRYPTING),
                    Map.entry("ssl_cert_file", ENCRYPTING),
                    Map.entry("ssl_key_file", ENCRYPTING),
                    Map.entry("ssl_ca_file", ENCRYPTING),
                    Map.entry("ssl_passphrase_command", ENCRYPTING),
                    Map.entry("logging_collector", LOGGING),
                    Map.entry("log_destination", LOGGING),
                    Map.entry("allow_alter_system", ALTERING),
                    Map.entry("include", "what it includes could not be checked"),
                    Map.entry("include_dir", "what it includes could not be checked"),
                    Map.entry("include_if_exists", "what it includes could not be checked"),
                    Map.entry("zero_damaged_pages", DISK),
                    Map.entry("ignore_invalid_pages", DISK),
                    Map.entry("data_sync_retry", DISK));

    /// Settings that may be given, but not with every value.
    private static final Set<String> MUST_BE_ON = Set.of("fsync", "full_page_writes");

    private static final Set<String> ON = Set.of("on", "true", "yes", "1");

    private static final Pattern LINE =
            Pattern.compile("\\s*([A-Za-z_][A-Za-z0-9_.$]*)(?:\\s*=\\s*|\\s+)(.*)");

    private ProtectedSettings() {}

    /// Why a setting is refused; empty when it is not.
    static Optional<String> refusal(String name, String value) {
        String plain = value.strip().toLowerCase(Locale.ROOT);
        if (name.startsWith("recovery_target")) {
            return Optional.of(RECOVERING);
        }
        if (MUST_BE_ON.contains(name) && !ON.contains(plain)) {
            return Optional.of(DISK);
        }
        return switch (name) {
            case "wal_level" ->
                    plain.equals("replica") || plain.equals("logical")
                            ? Optional.empty()
                            : Optional.of("standbys need replica or logical");
            case "password_encryption" ->
                    plain.equals("scram-sha-256")
                            ? Optional.empty()
                            : Optional.of("passwords are stored for SCRAM only");
            case "ssl_min_protocol_version" ->
                    plain.equals("tlsv1.2") || plain.equals("tlsv1.3")
                            ? Optional.empty()
                            : Optional.of("TLS before 1.2 is broken");
            case "synchronous_commit" ->
                    plain.equals("on") || plain.equals("remote_apply")
                            ? Optional.empty()
                            : Optional.of(
                                    "below `on` acknowledged writes can be lost; choose it for a"
                                            + " single transaction: SET LOCAL synchronous_commit");
            case String other -> Optional.ofNullable(REASONS.get(other));
        };
    }

    /// The name in a line of a configuration file, when the operator may not set it so.
    static Optional<String> unsafeSetting(String line) {
        Matcher matcher = LINE.matcher(line);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String name = matcher.group(1).toLowerCase(Locale.ROOT);
        String value = matcher.group(2).replaceAll("^'|'\\s*(#.*)?$", "");
        return refusal(name, value).map(_ -> name);
    }
}
