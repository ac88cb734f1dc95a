package io.howdah.proxy.settings;

import io.howdah.proxy.access.AccessRules;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Who may come in, and how the proxy finds out whether he is whom he says he is. Immutable.
///
/// @param rules for which address, database and role what is demanded
/// @param authFile a file with verifiers in PgBouncer's form, mode 0600; null for none
/// @param lookup how a server is asked for verifiers that are not in the file; null: not at all
/// @param tls how connections are encrypted; null: not at all
/// @param mockSecret with what salts are made for roles that have none
public record Admission(
        AccessRules rules,
        @Nullable Path authFile,
        @Nullable LookupSettings lookup,
        @Nullable ClientTlsSettings tls,
        MockSecret mockSecret) {

    /// @throws SettingException when the rules demand what nothing is there to check with
    public Admission {
        if (rules.needPasswords() && authFile == null && lookup == null) {
            throw new SettingException(
                    "auth",
                    "asks for passwords, and neither 'lookup' nor 'auth-file' says with what they"
                            + " are checked");
        }
        if (rules.needTls() && tls == null) {
            throw new SettingException(
                    "access", "has a line with hostssl, and 'tls' names no certificate");
        }
        if (rules.needCertificates() && (tls == null || tls.clientAuthority() == null)) {
            throw new SettingException(
                    "access",
                    "has a line with clientcert, and 'tls' names no client-authority to check"
                            + " certificates with");
        }
    }

    /// With salts of the process's own.
    public Admission(
            AccessRules rules,
            @Nullable Path authFile,
            @Nullable LookupSettings lookup,
            @Nullable ClientTlsSettings tls) {
        this(rules, authFile, lookup, tls, new MockSecret.OfProcess());
    }

    /// Whoever comes over loopback is let in.
    public static Admission trustingLoopback() {
        return new Admission(AccessRules.trustingLoopback(), null, null, null);
    }
}
