package io.howdah.proxy.statement;

import java.util.Map;

/// The settings of a session on which the meaning of a statement's text may depend: encoding, what
/// literals of dates mean, the search path. Immutable.
///
/// @param values by the settings' names
/// @param hash of them, computed once
public record ParsingSettings(Map<String, String> values, int hash) {

    /// What it depends on whatever the statement is, if it has a backslash or a byte beyond ASCII.
    private static final String[] OF_THE_TEXT = {"client_encoding", "standard_conforming_strings"};

    /// @param values by the settings' names
    public ParsingSettings(Map<String, String> values) {
        this(Map.copyOf(values), values.hashCode());
    }

    /// Whether any text consists of the same words under both.
    boolean readsAs(ParsingSettings other) {
        for (String name : OF_THE_TEXT) {
            if (!values.getOrDefault(name, "").equals(other.values.getOrDefault(name, ""))) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean equals(Object other) {
        return this == other
                || (other instanceof ParsingSettings settings
                        && hash == settings.hash
                        && values.equals(settings.values));
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
