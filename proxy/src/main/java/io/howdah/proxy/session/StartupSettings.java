package io.howdah.proxy.session;

import io.howdah.proxy.protocol.Complaint;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The settings that a client's first packet asks for, by the names under which the server reports
/// them, or as given. Those in `options` come first, as PostgreSQL has it. Immutable.
///
/// @param values a character stands for one byte
/// @param isNameUnique whether no other client calls itself so
record StartupSettings(Map<String, String> values, boolean isNameUnique) {

    static final StartupSettings NONE = new StartupSettings(Map.of(), false);

    private static final Set<String> NO_SETTINGS =
            Set.of("user", "database", "options", "replication");

    /// The names that PostgreSQL reports with capitals in them.
    private static final Map<String, String> CAPITALISED =
            List.of("DateStyle", "IntervalStyle", "TimeZone").stream()
                    .collect(Collectors.toMap(name -> name.toLowerCase(Locale.ROOT), name -> name));

    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_$.]{0,120}");

    private static final int MOST = 64;

    /// PostgreSQL cuts off an application's name behind it.
    private static final int NAME_BYTES = 63;

    /// What cannot be taken from a client.
    static final class RefusedException extends Exception {
        private final transient Complaint complaint;

        RefusedException(Complaint complaint) {
            super(complaint.message());
            this.complaint = complaint;
        }

        Complaint complaint() {
            return complaint;
        }
    }

    /// Reads the parameters of a first packet.
    ///
    /// @throws RefusedException for what is no setting
    static StartupSettings of(Map<String, String> parameters) throws RefusedException {
        Map<String, String> values = new LinkedHashMap<>();
        readOptions(parameters.getOrDefault("options", ""), values);
        for (Map.Entry<String, String> parameter : parameters.entrySet()) {
            String name = parameter.getKey();
            if (!NO_SETTINGS.contains(name) && !name.startsWith("_pq_.")) {
                put(values, name, parameter.getValue());
            }
        }
        if (values.size() > MOST) {
            throw refused(
                    "54000", "a client asks for " + values.size() + " settings", "set them by SET");
        }
        return new StartupSettings(java.util.Collections.unmodifiableMap(values), false);
    }

    /// The same for a client whose address is shown behind what it calls itself. Of a long name
    /// only so much is left that the address is seen.
    ///
    /// @param address with the port, in ASCII
    StartupSettings from(String address) {
        String name = values.getOrDefault(Welcome.NAME, "");
        int room = NAME_BYTES - " - ".length() - address.length();
        Map<String, String> shown = new LinkedHashMap<>(values);
        shown.put(
                Welcome.NAME,
                name.isEmpty()
                        ? address
                        : name.substring(0, Math.min(room, name.length())) + " - " + address);
        return new StartupSettings(java.util.Collections.unmodifiableMap(shown), true);
    }

    /// The same, but for what the client calls itself.
    StartupSettings unnamed() {
        if (!values.containsKey(Welcome.NAME)) {
            return this;
        }
        Map<String, String> others = new LinkedHashMap<>(values);
        others.remove(Welcome.NAME);
        return new StartupSettings(java.util.Collections.unmodifiableMap(others), false);
    }

    /// Those that the server does not report.
    Map<String, String> further(SessionState defaults) {
        return values.entrySet().stream()
                .filter(entry -> !defaults.reported().containsKey(entry.getKey()))
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static void readOptions(String options, Map<String, String> values)
            throws RefusedException {
        List<String> words = words(options);
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            String setting;
            if (word.equals("-c") && i + 1 < words.size()) {
                setting = words.get(++i);
            } else if (word.startsWith("-c") || word.startsWith("--")) {
                setting = word.substring(2);
            } else {
                setting = "";
            }
            int equals = setting.indexOf('=');
            if (equals < 0) {
                throw refused(
                        "0A000",
                        "the option '" + word + "' cannot be passed on",
                        "only '-c name=value' and '--name=value' can be");
            }
            put(
                    values,
                    setting.substring(0, equals).replace('-', '_'),
                    setting.substring(equals + 1));
        }
    }

    /// Blanks divide, a backslash takes the next character as it is.
    private static List<String> words(String options) {
        List<String> words = new java.util.ArrayList<>();
        StringBuilder word = new StringBuilder();
        for (int i = 0; i < options.length(); i++) {
            char c = options.charAt(i);
            if (Character.isWhitespace(c)) {
                if (!word.isEmpty()) {
                    words.add(word.toString());
                    word.setLength(0);
                }
            } else {
                word.append(c == '\\' && i + 1 < options.length() ? options.charAt(++i) : c);
            }
        }
        if (!word.isEmpty()) {
            words.add(word.toString());
        }
        return words;
    }

    private static void put(Map<String, String> values, String name, String value)
            throws RefusedException {
        if (!NAME.matcher(name).matches()) {
            throw refused("42704", "unrecognized configuration parameter \"" + name + "\"", "");
        }
        String lower = name.toLowerCase(Locale.ROOT);
        values.put(
                CAPITALISED.getOrDefault(lower, lower),
                lower.equals(Welcome.NAME) ? printable(value) : value);
    }

    /// As PostgreSQL keeps an application's name: 63 bytes, what is not ASCII replaced.
    private static String printable(String name) {
        return name.substring(0, Math.min(NAME_BYTES, name.length())).replaceAll("[^ -~]", "?");
    }

    private static RefusedException refused(String sqlState, String message, String hint) {
        return new RefusedException(new Complaint(sqlState, message, hint));
    }
}
