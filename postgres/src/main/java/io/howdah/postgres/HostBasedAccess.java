package io.howdah.postgres;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Who may connect, as `pg_hba.conf` and `pg_ident.conf` have it. Nobody is trusted without proof:
/// passwords go by SCRAM only, and the cluster's own roles come encrypted where there is more than
/// one machine. Immutable and pure.
///
/// @param roles the cluster's own roles
/// @param members the addresses that members connect from, numeric
/// @param encrypted whether the cluster's own roles have to come encrypted, and members to show
///   their certificate; false is for members that are all on one machine
/// @param superuserLogins the users of this operating system that may be `postgres` on the local
///   socket
/// @param access the operator's lines, as in `host all all 10.0.0.0/8 scram-sha-256`
public record HostBasedAccess(
        List<RoleAccess> roles,
        Set<String> members,
        boolean encrypted,
        List<String> superuserLogins,
        List<String> access) {

    private static final String MAP = "howdah";
    private static final String HEADER = "# Written by Howdah; changes are overwritten.\n";
    private static final String CLOSED =
            "# State: closed. Only the owner on the local socket and the members may connect.\n";
    private static final String OPEN =
            "# State: open. First the owner on the local socket and the members may connect.\n";
    private static final String OWNER =
            "local    all,replication  \"postgres\"  peer map=" + MAP + "\n";

    private static final Set<String> TYPES =
            Set.of("local", "host", "hostssl", "hostnossl", "hostgssenc", "hostnogssenc");
    private static final Set<String> METHODS = Set.of("scram-sha-256", "cert", "reject");

    /// Words as PostgreSQL splits them: bare, or between double quotes.
    private static final Pattern WORD = Pattern.compile("(?:[^\\s\"]|\"[^\"]*\")+");

    /// An address with its mask in the same word, a host name, or a keyword.
    private static final Pattern NUMERIC_ADDRESS =
            Pattern.compile("[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

    private static final Pattern OPTION = Pattern.compile("[a-z_]+=.*");

    /// @throws PostgresException when a line of the operator's is not allowed, with the reason
    public HostBasedAccess {
        roles = List.copyOf(roles);
        // sorted: the same members make the same file
        members = Collections.unmodifiableSortedSet(new TreeSet<>(members));
        superuserLogins = superuserLogins.stream().distinct().toList();
        access = access.stream().map(String::strip).toList();
        access.forEach(HostBasedAccess::check);
        List<String> names = new ArrayList<>(superuserLogins);
        roles.forEach(role -> names.add(role.role()));
        for (String name : names) {
            if (name.isEmpty() || !name.codePoints().allMatch(HostBasedAccess::isPlain)) {
                throw new PostgresException(
                        "not a name that pg_hba.conf can hold: '" + printable(name) + "'",
                        "use a name without quotes and control characters");
            }
        }
        for (String member : members) {
            if (!NUMERIC_ADDRESS.matcher(member).matches()) {
                throw new IllegalArgumentException("not a numeric address: " + member);
            }
        }
    }

    private static boolean isPlain(int codePoint) {
        return !Character.isISOControl(codePoint) && codePoint != '"' && codePoint != '\\';
    }

    /// `pg_hba.conf` for a server that clients must not use yet: the owner's own socket, and the
    /// members.
    public String closed() {
        return HEADER + CLOSED + OWNER + admissions(false);
    }

    /// `pg_hba.conf` for a server that clients may use: the owner's socket and the cluster's own
    /// roles as they are settled, then the operator's lines; last of all members may come as any
    /// other role, with its password and their certificate, since their proxies do.
    public String open() {
        StringBuilder lines = new StringBuilder(HEADER + OPEN + OWNER + admissions(true));
        lines.append("host     all,replication  \"postgres\"  all  reject\n");
        for (RoleAccess role : roles) {
            if (role.reach() != RoleAccess.Reach.OWN_HOST) {
                lines.append("local    all,replication  \"%s\"  reject\n".formatted(role.role()));
                lines.append(
                        "host     all,replication  \"%s\"  all  reject\n".formatted(role.role()));
            }
        }
        lines.append("# postgres.access\n");
        access.forEach(line -> lines.append(line).append('\n'));
        if (encrypted) {
            lines.append("# Whoever has proven himself to a member's proxy\n");
            admitMembers(lines, "all", "all");
        }
        return lines.toString();
    }

    /// Whether the content of a `pg_hba.conf` is that of an open server, whatever its members were.
    public static boolean isOpen(String content) {
        return content.startsWith(HEADER + OPEN);
    }

    private String admissions(boolean open) {
        StringBuilder lines = new StringBuilder();
        for (RoleAccess role : roles) {
            switch (role.reach()) {
                case MEMBERS_ALWAYS -> admitMembers(lines, role.databases(), quoted(role));
                case MEMBERS -> {
                    if (open) {
                        admitMembers(lines, role.databases(), quoted(role));
                    }
                }
                case OWN_HOST -> {
                    if (open) {
                        lines.append(
                                "%s  %s  \"%s\"  samehost  scram-sha-256\n"
                                        .formatted(type(), role.databases(), role.role()));
                    }
                }
            }
        }
        return lines.toString();
    }

    private String type() {
        return encrypted ? "hostssl" : "host   ";
    }

    private static String quoted(RoleAccess role) {
        return '"' + role.role() + '"';
    }

    private void admitMembers(StringBuilder lines, String databases, String roles) {
        for (String member : members) {
            lines.append(
                    "%s  %s  %s  %s/%d  scram-sha-256%s\n"
                            .formatted(
                                    type(),
                                    databases,
                                    roles,
                                    member,
                                    member.indexOf(':') >= 0 ? 128 : 32,
                                    encrypted ? " clientcert=verify-ca" : ""));
        }
    }

    /// `pg_ident.conf`: who may be `postgres` on the local socket.
    public String ident() {
        StringBuilder lines = new StringBuilder(HEADER);
        superuserLogins.forEach(
                login -> lines.append("%s  \"%s\"  \"postgres\"\n".formatted(MAP, login)));
        return lines.toString();
    }

    /// Why a line of the operator's is not allowed; empty when it is.
    public static Optional<String> refusal(String line) {
        try {
            check(line.strip());
            return Optional.empty();
        } catch (PostgresException e) {
            return Optional.of(e.fact());
        }
    }

    private static void check(String line) {
        if (line.chars().anyMatch(c -> Character.isISOControl(c) && c != '\t')) {
            throw refusal(line, "it is more than one line", "give every rule an entry of its own");
        }
        if (line.indexOf('#') >= 0 || line.indexOf('\\') >= 0) {
            throw refusal(
                    line,
                    "it has a '#' or a '\\'",
                    "write comments in howdah.yaml, and no continued lines");
        }
        List<String> words = new ArrayList<>();
        Matcher matcher = WORD.matcher(line);
        while (matcher.find()) {
            words.add(matcher.group());
        }
        if (line.chars().filter(c -> c == '"').count() % 2 != 0) {
            throw refusal(line, "a quote is not closed", "close it");
        }
        for (String word : words) {
            if (word.contains("@") && !word.startsWith("\"") && !OPTION.matcher(word).matches()) {
                throw refusal(line, "it includes a file (" + word + ")", "name the roles");
            }
            if (word.startsWith(",") || word.endsWith(",")) {
                throw refusal(line, "a list has a blank in it", "write lists as in app,report");
            }
        }
        checkWords(line, words);
    }

    private static void checkWords(String line, List<String> words) {
        if (words.isEmpty() || !TYPES.contains(words.getFirst())) {
            throw refusal(
                    line,
                    "it does not start with local, host, hostssl, ...",
                    "write it as in pg_hba.conf: host all all 10.0.0.0/8 scram-sha-256");
        }
        int method = 3;
        if (!words.getFirst().equals("local")) {
            // An address without "/bits" is followed by a mask, unless it is a name or a keyword.
            boolean maskFollows =
                    words.size() > 3 && NUMERIC_ADDRESS.matcher(words.get(3)).matches();
            method = maskFollows ? 5 : 4;
        }
        if (words.size() <= method) {
            throw refusal(
                    line,
                    "it is too short",
                    "it needs a type, databases, roles, an address (not for local) and a method");
        }
        if (!words.getFirst().equals("local")) {
            requireAddress(line, words.get(3));
        }
        if (!METHODS.contains(words.get(method))) {
            throw refusal(
                    line,
                    "the method is " + words.get(method),
                    "use scram-sha-256, cert or reject: nobody is let in without proof, and no"
                            + " password crosses the network");
        }
        for (String option : words.subList(method + 1, words.size())) {
            if (!OPTION.matcher(option).matches()) {
                throw refusal(line, "'" + option + "' is no option", "options are name=value");
            }
        }
    }

    /// A network is numbers: PostgreSQL would not start again with anything else before a '/'.
    private static void requireAddress(String line, String address) {
        int slash = address.indexOf('/');
        if (slash < 0) {
            return;
        }
        String bits = address.substring(slash + 1);
        try {
            int longest =
                    InetAddress.ofLiteral(address.substring(0, slash)).getAddress().length * 8;
            if (bits.matches("[0-9]{1,3}") && Integer.parseInt(bits) <= longest) {
                return;
            }
        } catch (IllegalArgumentException e) {
            throw refusal(
                    line, address + " is no network", "write it as in 10.0.0.0/8 or fd00::/8");
        }
        throw refusal(line, address + " is no network", "write it as in 10.0.0.0/8 or fd00::/8");
    }

    private static PostgresException refusal(String line, String reason, String hint) {
        return new PostgresException(
                "postgres.access: the line '" + printable(line) + "' is refused: " + reason, hint);
    }

    private static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }
}
