package io.howdah.node.configuration;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Checks one line of `postgres.access`. Only its form is checked, and that it does not let anyone
/// in without a proof: PostgreSQL checks the rest when it loads the file.
final class AccessLine {

    private static final Pattern WORD = Pattern.compile("(\"[^\"]*\"|[^\\s\"])+");
    private static final Pattern NETMASK =
            Pattern.compile("[0-9.]{7,15}|[0-9a-fA-F:]*:[0-9a-fA-F:]*");
    private static final Set<String> CONNECTIONS =
            Set.of("local", "host", "hostssl", "hostnossl", "hostgssenc", "hostnogssenc");
    private static final Set<String> METHODS = Set.of("scram-sha-256", "cert", "reject");

    private AccessLine() {}

    /// @throws InvalidValueException when the line is not one rule, or its method is not allowed
    static void require(String line) {
        if (line.chars().anyMatch(c -> Character.isISOControl(c) && c != '\t')) {
            throw new InvalidValueException(
                    "access", "has a line break or a control character in a line");
        }
        List<String> words = words(line);
        if (words.isEmpty() || !CONNECTIONS.contains(words.getFirst())) {
            throw new InvalidValueException(
                    "access",
                    "has '" + line + "', which does not begin with " + "local, host or hostssl");
        }
        int method = words.getFirst().equals("local") ? 3 : 4;
        if (method == 4 && words.size() > 5 && NETMASK.matcher(words.get(4)).matches()) {
            method = 5;
        }
        if (words.size() <= method) {
            throw new InvalidValueException(
                    "access", "has '" + line + "', which is not a whole line of pg_hba.conf");
        }
        if (!METHODS.contains(words.get(method))) {
            throw new InvalidValueException(
                    "access",
                    "has the method '"
                            + words.get(method)
                            + "' in '"
                            + line
                            + "', not scram-sha-256, cert or reject");
        }
    }

    private static List<String> words(String line) {
        var words = new ArrayList<String>();
        Matcher matcher = WORD.matcher(line);
        while (matcher.find()) {
            if (matcher.group().startsWith("#")) {
                break;
            }
            words.add(matcher.group());
        }
        return words;
    }
}
