package io.howdah.node.authority;

import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/// Whom a certificate names. Says nothing about whether the certificate is to be believed.
///
/// @param name the common name: a node's name, or a client's
/// @param unit what it is
/// @param cluster the organisation: the cluster's name
public record Identity(String name, Unit unit, String cluster) {

    /// What a certificate is for, in its organisational unit.
    public enum Unit {
        NODE,
        ADMIN,
        OPERATE,
        READ;

        /// How it is written in a certificate.
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        /// The unit of clients with that role.
        static Unit of(Role role) {
            return switch (role) {
                case READ -> READ;
                case OPERATE -> OPERATE;
                case ADMIN -> ADMIN;
            };
        }
    }

    /// What its holder may ask of the API, at most: a node only reads.
    public Role role() {
        return switch (unit) {
            case ADMIN -> Role.ADMIN;
            case OPERATE -> Role.OPERATE;
            case NODE, READ -> Role.READ;
        };
    }

    /// The one organisation that a subject names; empty when there is none, or several.
    static Optional<String> organisation(X509Certificate certificate) {
        try {
            List<String> found =
                    new LdapName(certificate.getSubjectX500Principal().getName())
                            .getRdns().stream()
                                    .filter(part -> part.getType().equalsIgnoreCase("O"))
                                    .map(part -> String.valueOf(part.getValue()))
                                    .toList();
            return found.size() == 1 ? Optional.of(found.getFirst()) : Optional.empty();
        } catch (InvalidNameException e) {
            return Optional.empty();
        }
    }

    /// Reads the subject; empty when it does not have exactly one name, one known unit and one
    /// cluster.
    public static Optional<Identity> of(X509Certificate certificate) {
        var names = new ArrayList<String>();
        var units = new ArrayList<String>();
        var clusters = new ArrayList<String>();
        try {
            for (Rdn part :
                    new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
                String value = part.getValue() instanceof String text ? text : "";
                switch (part.getType().toUpperCase(Locale.ROOT)) {
                    case "CN" -> names.add(value);
                    case "OU" -> units.add(value);
                    case "O" -> clusters.add(value);
                    default -> {}
                }
            }
        } catch (InvalidNameException e) {
            return Optional.empty();
        }
        if (names.size() != 1 || units.size() != 1 || clusters.size() != 1) {
            return Optional.empty();
        }
        for (Unit unit : Unit.values()) {
            if (unit.text().equals(units.getFirst()) && !names.getFirst().isBlank()) {
                return Optional.of(new Identity(names.getFirst(), unit, clusters.getFirst()));
            }
        }
        return Optional.empty();
    }
}
