package io.howdah.proxy.session;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// What a server has reported of its settings: the last value of each, bounded whatever it says.
final class ReportedSettings {

    /// PostgreSQL 18 reports 15; extensions may add some.
    private static final int NAMES_MAXIMUM = 64;

    /// Of names and values together. A client's `search_path` may be long.
    private static final int BYTES_MAXIMUM = 512 * 1024;

    private final Map<String, String> values = new LinkedHashMap<>();
    private int bytes;

    /// The server reports one; a character stands for one byte.
    ///
    /// @return false when that is more than any server should say; then it is not kept
    boolean put(String name, String value) {
        String before = values.get(name);
        int more =
                before == null ? name.length() + value.length() : value.length() - before.length();
        if ((before == null && values.size() >= NAMES_MAXIMUM) || bytes + more > BYTES_MAXIMUM) {
            return false;
        }
        values.put(name, value);
        bytes += more;
        return true;
    }

    /// All of them, in the server's order.
    Map<String, String> values() {
        return Collections.unmodifiableMap(values);
    }
}
