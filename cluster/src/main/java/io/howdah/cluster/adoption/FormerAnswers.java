package io.howdah.cluster.adoption;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What the former server says of itself. Immutable.
///
/// @param superuser whether its role `postgres` is a superuser
/// @param recovering whether it is a standby
/// @param settings those from its files or its command line
/// @param slots its replication slots, as in `physical slot "n2"`
/// @param receivers who streams from it now, as in `walreceiver at 10.0.0.2`
/// @param md5Roles roles whose passwords are no SCRAM verifiers
/// @param access the lines of its `pg_hba.conf`
record FormerAnswers(
        boolean superuser,
        boolean recovering,
        List<FormerSetting> settings,
        List<String> slots,
        List<String> receivers,
        List<String> md5Roles,
        List<FormerAccess> access) {

    /// One statement that answers with one text, so that any client can carry it.
    static final String QUESTION =
            """
            select pg_catalog.json_build_object(
              'superuser', (select r.rolsuper from pg_catalog.pg_roles r where r.rolname = current_user),
              'recovering', pg_catalog.pg_is_in_recovery(),
              'settings', (select pg_catalog.json_agg(pg_catalog.json_build_object(
                    'name', s.name, 'value', pg_catalog.current_setting(s.name),
                    'builtIn', s.setting is not distinct from s.boot_val))
                from pg_catalog.pg_settings s
                where s.source in ('configuration file', 'command line', 'environment variable')),
              'slots', (select pg_catalog.json_agg(s.slot_type || ' slot "' || s.slot_name || '"')
                from pg_catalog.pg_replication_slots s where not s.temporary),
              'receivers', (select pg_catalog.json_agg(
                    pg_catalog.concat_ws(' ', s.application_name, 'at ' || pg_catalog.host(s.client_addr)))
                from pg_catalog.pg_stat_replication s),
              'md5', (select pg_catalog.json_agg(a.rolname) from pg_catalog.pg_authid a
                where a.rolcanlogin and a.rolpassword is not null
                  and a.rolpassword not like 'SCRAM-SHA-256$%'),
              'access', (select pg_catalog.json_agg(pg_catalog.json_build_object(
                    'type', h.type, 'databases', h.database, 'roles', h.user_name,
                    'address', h.address || coalesce('/' || h.netmask, ''),
                    'method', h.auth_method, 'options', pg_catalog.array_to_string(h.options, ' ')))
                from pg_catalog.pg_hba_file_rules h where h.error is null))::pg_catalog.text
            """
                    .replaceAll("\\s+", " ");

    private static final Pattern MASK = Pattern.compile("/([0-9]+(?:\\.[0-9]+){3}|[0-9a-f:]{2,})$");

    /// A name that PostgreSQL reads as it is. It shows them without the quotes of the file.
    private static final Pattern PLAIN_NAME = Pattern.compile("[+/]?[A-Za-z0-9_.:-]+");

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /// Reads what the statement answered.
    static FormerAnswers parse(String answer) {
        JsonNode root = JSON.readTree(answer);
        List<FormerSetting> settings = new ArrayList<>();
        for (JsonNode setting : root.path("settings")) {
            settings.add(
                    new FormerSetting(
                            setting.path("name").asString().toLowerCase(Locale.ROOT),
                            setting.path("value").asString(),
                            setting.path("builtIn").asBoolean()));
        }
        return new FormerAnswers(
                root.path("superuser").asBoolean(),
                root.path("recovering").asBoolean(),
                settings,
                texts(root, "slots"),
                texts(root, "receivers"),
                texts(root, "md5"),
                access(root.path("access")));
    }

    private static List<FormerAccess> access(JsonNode rules) {
        List<FormerAccess> lines = new ArrayList<>();
        for (JsonNode rule : rules) {
            String address = withBits(rule.path("address").asString(""));
            lines.add(
                    new FormerAccess(
                            rule.path("type").asString()
                                    + " "
                                    + names(rule.path("databases"))
                                    + " "
                                    + names(rule.path("roles"))
                                    + (address.isEmpty() ? "" : " " + address),
                            rule.path("method").asString(),
                            rule.path("options").asString("")));
        }
        return lines;
    }

    private static String names(JsonNode names) {
        List<String> quoted = new ArrayList<>();
        names.forEach(name -> {
            String text = name.asString();
            quoted.add(PLAIN_NAME.matcher(text).matches() ? text : "\"" + text + "\"");
        });
        return String.join(",", quoted);
    }

    /// PostgreSQL shows networks with their mask; people write the number of its bits.
    static String withBits(String network) {
        return MASK.matcher(network)
                .replaceAll(mask -> {
                    int bits = 0;
                    for (byte part : InetAddress.ofLiteral(mask.group(1)).getAddress()) {
                        bits += Integer.bitCount(part & 0xff);
                    }
                    return "/" + bits;
                });
    }

    private static List<String> texts(JsonNode root, String key) {
        List<String> texts = new ArrayList<>();
        root.path(key).forEach(each -> texts.add(each.asString()));
        return texts;
    }

    /// What a setting is, as PostgreSQL shows it; empty when no file sets it.
    String setting(String name) {
        return settings.stream()
                .filter(each -> each.name().equals(name))
                .map(FormerSetting::value)
                .findFirst()
                .orElse("");
    }
}
