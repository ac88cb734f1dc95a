package io.howdah.cluster.adoption;

import io.howdah.postgres.ServerSettings;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Which of the former server's settings the cluster keeps. Pure.
///
/// Kept is what somebody chose: values that PostgreSQL does not have by itself, but for what Howdah
/// manages. What the new howdah.yaml says wins. Nothing that the application sees of SQL changes:
/// time zone, style of dates and the configuration of text search are kept whatever they are.
///
/// @param parameters what is kept
/// @param managed the names of those that Howdah manages itself, so that they are not
public record CarriedSettings(SortedMap<String, String> parameters, SortedSet<String> managed) {

    /// What an application notices.
    private static final Set<String> MEANING =
            Set.of("timezone", "datestyle", "default_text_search_config");

    /// Howdah counts on these for a failover, or for what it reads in the server's log.
    private static final Set<String> TUNED =
            Set.of(
                    "wal_retrieve_retry_interval",
                    "wal_receiver_status_interval",
                    "wal_receiver_timeout",
                    "wal_sender_timeout",
                    "lc_messages",
                    "log_timezone",
                    "unix_socket_permissions",
                    "unix_socket_group",
                    "bonjour",
                    "log_directory",
                    "log_filename",
                    "log_file_mode",
                    "log_rotation_age",
                    "log_rotation_size",
                    "log_truncate_on_rotation",
                    "syslog_facility",
                    "syslog_ident");

    /// Members, copies and backups need some; more may have been chosen for others.
    private static final Set<String> AT_LEAST = Set.of("max_wal_senders", "max_replication_slots");

    /// Every server has these, and nobody misses them.
    private static final Set<String> UNREMARKABLE =
            Set.of(
                    "lc_messages",
                    "log_timezone",
                    "data_directory",
                    "config_file",
                    "hba_file",
                    "ident_file",
                    "external_pid_file",
                    "cluster_name",
                    "primary_conninfo",
                    "primary_slot_name");

    public CarriedSettings {
        parameters = Collections.unmodifiableSortedMap(new TreeMap<>(parameters));
        managed = Collections.unmodifiableSortedSet(new TreeSet<>(managed));
    }

    /// Chooses.
    ///
    /// @param former what the server has from its files or its command line
    /// @param generated what Howdah would set
    /// @param chosen `postgres.parameters` of howdah.yaml
    public static CarriedSettings of(
            List<FormerSetting> former, Map<String, String> generated, Map<String, String> chosen) {
        SortedMap<String, String> kept = new TreeMap<>();
        SortedSet<String> managed = new TreeSet<>();
        for (FormerSetting setting : former) {
            String name = setting.name();
            String value = setting.value();
            boolean says = MEANING.contains(name) || !setting.builtIn();
            if (!says
                    || chosen.containsKey(name)
                    || value.equalsIgnoreCase(generated.get(name))
                    || isLess(name, value, generated)) {
                continue;
            }
            if (TUNED.contains(name) || ServerSettings.refusal(name, value).isPresent()) {
                if (!UNREMARKABLE.contains(name)) {
                    managed.add(name);
                }
                continue;
            }
            kept.put(name, value);
        }
        return new CarriedSettings(kept, managed);
    }

    private static boolean isLess(String name, String value, Map<String, String> generated) {
        String ours = generated.get(name);
        return AT_LEAST.contains(name)
                && ours != null
                && value.matches("[0-9]{1,9}")
                && Integer.parseInt(value) <= Integer.parseInt(ours);
    }
}
