package io.howdah.proxy.access;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// One line of `pg_hba.conf`. Immutable.
///
/// @param encryption for whom
/// @param databases and
/// @param users that it is for
/// @param addresses from which
/// @param method what is demanded
/// @param certificate what is demanded besides
record AccessRule(
        Encryption encryption,
        Names databases,
        Names users,
        AddressRange addresses,
        Method method,
        Certificate certificate) {

    /// Which connections a rule is for.
    enum Encryption {
        EITHER,
        TLS,
        NO_TLS
    }

    /// Reads a line.
    ///
    /// @throws IllegalArgumentException with a fact that goes on after "the line '…'"
    static AccessRule of(String line) {
        List<List<Word>> columns = Word.columns(line);
        if (columns.size() < 5) {
            throw new IllegalArgumentException(
                    "has not the five words of a rule, as in host all all 10.0.0.0/8 scram-sha-256");
        }
        Encryption encryption = encryption(single(columns.get(0)));
        Names databases = Names.of(columns.get(1), true);
        Names users = Names.of(columns.get(2), false);
        Word address = columns.get(3).getFirst();
        boolean masked =
                AddressRange.isNumeric(address.text())
                        && AddressRange.isNumeric(single(columns.get(4)));
        if (masked && columns.size() < 6) {
            throw new IllegalArgumentException("has no method behind its mask");
        }
        AddressRange addresses = addresses(address, masked ? single(columns.get(4)) : "");
        List<List<Word>> rest = columns.subList(masked ? 5 : 4, columns.size());
        Method method = method(single(rest.getFirst()), addresses);
        Certificate certificate = certificate(rest.subList(1, rest.size()));
        if (certificate != Certificate.ANY && encryption != Encryption.TLS) {
            throw new IllegalArgumentException(
                    "demands a certificate, which goes with hostssl only");
        }
        return new AccessRule(encryption, databases, users, addresses, method, certificate);
    }

    private static String single(List<Word> words) {
        return words.stream().map(Word::text).collect(Collectors.joining(","));
    }

    private static Encryption encryption(String type) {
        return switch (type) {
            case "host", "hostnogssenc" -> Encryption.EITHER;
            case "hostssl" -> Encryption.TLS;
            case "hostnossl" -> Encryption.NO_TLS;
            default ->
                    throw new IllegalArgumentException(
                            "begins with '"
                                    + type
                                    + "', not host, hostssl or hostnossl; clients reach the proxy"
                                    + " over TCP");
        };
    }

    private static AddressRange addresses(Word word, String mask) {
        if (word.isKeyword("all")) {
            return AddressRange.ALL;
        }
        if (word.isAnyKeyword(Set.of("samehost", "samenet"))) {
            throw new IllegalArgumentException(
                    "has '" + word.text() + "'; write the addresses themselves");
        }
        try {
            return mask.isEmpty()
                    ? AddressRange.of(word.text())
                    : AddressRange.of(word.text(), mask);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "has the address '" + word.text() + "', which " + e.getMessage(), e);
        }
    }

    private static Method method(String word, AddressRange addresses) {
        return switch (word) {
            case "scram-sha-256" -> Method.SCRAM;
            case "reject" -> Method.REJECT;
            case "trust" -> {
                if (!addresses.isLoopback()) {
                    throw new IllegalArgumentException(
                            "trusts whoever comes from other machines; with trust only addresses"
                                    + " such as 127.0.0.1/32 are possible");
                }
                yield Method.TRUST;
            }
            default ->
                    throw new IllegalArgumentException(
                            "has the method '" + word + "', not scram-sha-256, reject or trust");
        };
    }

    private static Certificate certificate(List<List<Word>> options) {
        Certificate certificate = Certificate.ANY;
        for (List<Word> option : options) {
            certificate =
                    switch (single(option)) {
                        case "clientcert=verify-ca" -> Certificate.VERIFIED;
                        case "clientcert=verify-full" -> Certificate.NAMES_ROLE;
                        default ->
                                throw new IllegalArgumentException(
                                        "has the option '"
                                                + single(option)
                                                + "', not clientcert=verify-ca or"
                                                + " clientcert=verify-full");
                    };
        }
        return certificate;
    }

    /// @param database its name as the rule means it
    boolean isFor(Caller caller, String database) {
        boolean type =
                switch (encryption) {
                    case EITHER -> true;
                    case TLS -> caller.encrypted();
                    case NO_TLS -> !caller.encrypted();
                };
        return type
                && addresses.contains(caller.address())
                && (caller.physical()
                        ? databases.replication()
                        : databases.contain(database, caller.user()))
                && users.contain(caller.user(), "");
    }
}
