package io.howdah.proxy.session;

import io.howdah.proxy.protocol.ErrorFields;
import java.util.LinkedHashMap;
import java.util.Map;

/// Keeps what a client has set, and left on its server connection, from ending or holding up what
/// the proxy does there itself: `statement_timeout`, `lock_timeout` and `transaction_timeout` do
/// not count for it, and it waits for no safe snapshot (`default_transaction_deferrable`). What
/// lifts these bounds is a statement under them, too; but it does nothing that takes time, so that
/// it can be interrupted by chance only, and is then sent again.
///
/// @param serverMajor the server's version; 0 where it does not say
record Shelter(int serverMajor) {

    /// The first version that has `transaction_timeout`.
    private static final int TRANSACTION_TIMEOUT = 17;

    private static final String NO_STATEMENT_TIMEOUT = "statement_timeout TO 0;";
    private static final String NO_LOCK_TIMEOUT = "lock_timeout TO 0;";
    private static final String NO_TRANSACTION_TIMEOUT = "transaction_timeout TO 0;";

    /// What no statement can be sheltered from that follows it in the same script. The last one
    /// counts from the moment in which it is set.
    private static final String[] BOUNDS = {
        "statement_timeout", "lock_timeout", "transaction_timeout"
    };

    /// Of a server that has logged the proxy in.
    ///
    /// @param reported at the login
    static Shelter of(Map<String, String> reported) {
        String version = reported.getOrDefault("server_version", "");
        int digits = 0;
        while (digits < Math.min(version.length(), 4) && isDigit(version.charAt(digits))) {
            digits++;
        }
        return new Shelter(digits == 0 ? 0 : Integer.parseInt(version.substring(0, digits)));
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    /// Statements that run as one, and under no bounds. What they set that is a bound itself holds.
    String over(String statements) {
        return lift("SET LOCAL ") + "SET TRANSACTION ISOLATION LEVEL READ COMMITTED;" + statements;
    }

    /// The bounds are gone until somebody sets them again.
    String lasting() {
        return lift("SET ");
    }

    private String lift(String set) {
        String lifted = set + NO_STATEMENT_TIMEOUT + set + NO_LOCK_TIMEOUT;
        return serverMajor >= TRANSACTION_TIMEOUT ? set + NO_TRANSACTION_TIMEOUT + lifted : lifted;
    }

    /// The same settings, those last that would bound the others being set.
    static Map<String, String> boundsLast(Map<String, String> settings) {
        Map<String, String> ordered = new LinkedHashMap<>(settings);
        for (String bound : BOUNDS) {
            String value = ordered.remove(bound);
            if (value != null) {
                ordered.put(bound, value);
            }
        }
        return ordered;
    }

    /// Whether an error says that a statement was interrupted, and not that it cannot be done.
    static boolean isInterruption(ErrorFields error) {
        return error.sqlState().equals("57014") || error.sqlState().equals("55P03");
    }
}
