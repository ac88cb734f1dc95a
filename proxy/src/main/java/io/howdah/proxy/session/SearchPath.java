package io.howdah.proxy.session;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The `search_path` of a connection to a server that does not report it (PostgreSQL before 18): it
/// is asked for when a client parts that may have changed it.
final class SearchPath {

    static final String NAME = "search_path";

    private static final String CURRENT = "SELECT pg_catalog.current_setting('search_path')";

    /// With what the connection began with.
    private static final String BOTH =
            CURRENT
                    + ",(SELECT s.reset_val FROM pg_catalog.pg_settings s"
                    + " WHERE s.name OPERATOR(pg_catalog.=) 'search_path')";

    private @Nullable String own;
    private String current = "";
    private int sets;
    private int reports;
    private boolean doubtful;

    /// The server has done a `SET`.
    void set() {
        sets++;
    }

    /// The server has reported a setting that a `SET` changes.
    void reported() {
        reports++;
    }

    /// It may be another one.
    void doubt() {
        doubtful = true;
    }

    /// All that has changed was reported: a `SET` without a report is of something else. Whose a
    /// report is, is not said: what else was done may have changed that setting.
    ///
    /// @param others whether something else was done than `SET`
    void ready(boolean others) {
        doubtful |= sets > 0 && (sets > reports || others);
        sets = 0;
        reports = 0;
    }

    boolean isDoubtful() {
        return doubtful;
    }

    /// It is known again.
    void settle() {
        doubtful = false;
    }

    /// What asks for it.
    String question() {
        return own == null ? BOTH : CURRENT;
    }

    /// Reads the answer, a DataRow.
    ///
    /// @return false when it is damaged
    boolean read(ByteBuf bytes, int body, int end) {
        try {
            int columns = bytes.getShort(body);
            if (columns != (own == null ? 2 : 1)) {
                return false;
            }
            int at = body + 2;
            for (int column = 0; column < columns; column++) {
                int length = bytes.getInt(at);
                if (length < 0 || length > end - at - 4) {
                    return false;
                }
                String text = bytes.toString(at + 4, length, StandardCharsets.ISO_8859_1);
                if (column == 0) {
                    current = text;
                } else {
                    own = text;
                }
                at += 4 + length;
            }
            return true;
        } catch (IndexOutOfBoundsException e) {
            return false;
        }
    }

    /// The settings with the answer among them.
    ///
    /// @param explicit whether the server's own value counts as set
    SessionState in(SessionState state, boolean explicit) {
        if (own == null) {
            return state;
        }
        Map<String, String> further = new LinkedHashMap<>(state.further());
        if (explicit || !current.equals(own)) {
            further.put(NAME, current);
        } else {
            further.remove(NAME);
        }
        return state.withFurther(Map.copyOf(further));
    }
}
