package io.howdah.proxy.access;

import io.howdah.proxy.settings.SettingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;

/// All rules in their order: the first one that is for a caller decides, also when it lets nobody
/// in. Immutable.
public final class AccessRules {

    /// What the rule that is for a caller demands.
    ///
    /// @param method how he proves himself
    /// @param certificate what is demanded besides
    public record Demand(Method method, Certificate certificate) {}

    /// Clients reach the proxy over TCP, and without Kerberos' encryption.
    private static final Pattern OTHER_WAYS = Pattern.compile("\\s*(local|hostgssenc)\\s");

    private final List<AccessRule> rules;

    /// What a database's name means in them.
    private final Function<Caller, String> database;

    private AccessRules(List<AccessRule> rules, Function<Caller, String> database) {
        this.rules = List.copyOf(rules);
        this.database = database;
    }

    /// Reads lines as `pg_hba.conf` has them. A database in them is one that clients ask for, as in
    /// PgBouncer's file.
    ///
    /// @throws SettingException for key `access`, when one cannot be followed, with the reason
    public static AccessRules of(List<String> lines) {
        List<AccessRule> rules = new ArrayList<>();
        for (String line : lines) {
            try {
                rules.add(AccessRule.of(line));
            } catch (IllegalArgumentException e) {
                throw new SettingException(
                        "access",
                        "cannot be followed: the line '" + line.strip() + "' " + e.getMessage());
            }
        }
        return new AccessRules(rules, Caller::database);
    }

    /// Reads the lines that a PostgreSQL server goes by, of which some may be none of the proxy's
    /// business, and others more than it can follow. Whoever comes to one of these is not let in:
    /// it may be for him. A database in them is the server's, under whatever name clients ask for
    /// it.
    ///
    /// @param unfollowed is told of the first that cannot be followed, and why
    public static AccessRules asFarAsFollowed(List<String> lines, Consumer<String> unfollowed) {
        List<AccessRule> rules = new ArrayList<>();
        for (String line : lines) {
            if (OTHER_WAYS.matcher(line).lookingAt()) {
                continue;
            }
            try {
                rules.add(AccessRule.of(line));
            } catch (IllegalArgumentException e) {
                unfollowed.accept("the line '" + line.strip() + "' " + e.getMessage());
                rules.add(AccessRule.of("host all,replication all all reject"));
                break;
            }
        }
        return new AccessRules(rules, Caller::reached);
    }

    /// Whoever comes over loopback is let in.
    public static AccessRules trustingLoopback() {
        return of(
                List.of(
                        "host all,replication all 127.0.0.0/8 trust",
                        "host all,replication all ::1/128 trust"));
    }

    /// Whoever proves a password is let in, wherever he comes from.
    public static AccessRules withPassword() {
        return of(List.of("host all,replication all all scram-sha-256"));
    }

    /// What is demanded of a caller; empty when no rule is for him: he does not come in either.
    public Optional<Demand> demandOf(Caller caller) {
        return rules.stream()
                .filter(rule -> rule.isFor(caller, database.apply(caller)))
                .findFirst()
                .map(rule -> new Demand(rule.method(), rule.certificate()));
    }

    /// Whether some rule asks for a password.
    public boolean needPasswords() {
        return rules.stream().anyMatch(rule -> rule.method() == Method.SCRAM);
    }

    /// Whether some rule is for encrypted connections only.
    public boolean needTls() {
        return rules.stream().anyMatch(rule -> rule.encryption() == AccessRule.Encryption.TLS);
    }

    /// Whether some rule asks for a certificate.
    public boolean needCertificates() {
        return rules.stream().anyMatch(rule -> rule.certificate() != Certificate.ANY);
    }
}
