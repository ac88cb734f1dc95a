package io.howdah.cli.init;

import org.jspecify.annotations.Nullable;

/// The parts of a `howdah.yaml` that name a node's keys and tokens.
public final class NodeKeysSection {

    private NodeKeysSection() {}

    /// The section `tls`.
    ///
    /// @param secrets the folder of the keys, as the file is to name it
    /// @param authorityKey the authority's key, where the node is to have it; else null
    public static String tls(String secrets, @Nullable String authorityKey) {
        String section =
                """

                tls:
                  authority: %s
                  certificate: %s
                  key: %s
                """
                        .formatted(
                                quoted(secrets + "/authority.crt"),
                                quoted(secrets + "/node.crt"),
                                quoted(secrets + "/node.key"));
        return authorityKey == null
                ? section
                : section + "  authority-key: " + quoted(authorityKey) + "\n";
    }

    /// The section `api`.
    ///
    /// @param secrets the folder of the file of tokens
    public static String api(String secrets) {
        return """

        api:
          tokens: %s
        """
                .formatted(quoted(secrets + "/tokens"));
    }

    /// As a YAML string in single quotes, in which only the quote itself is special.
    static String quoted(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
