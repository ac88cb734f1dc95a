package io.howdah.node.authority;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Where a node's key and certificates lie, each as PEM. Immutable.
///
/// @param authority the certificates that are believed: the cluster's authority, and during a
///   change of authority the next one too
/// @param certificate the node's own, followed by any between it and the authority
/// @param key the node's private key, mode 0600
/// @param authorityKey the authority's private key, mode 0600, where this node may renew its
///   certificate by itself; else null
public record KeyFiles(Path authority, Path certificate, Path key, @Nullable Path authorityKey) {

    /// The names that `howdah init` gives them.
    ///
    /// @param authorityKeyHere whether the authority's key lies there too
    public static KeyFiles in(Path folder, boolean authorityKeyHere) {
        return new KeyFiles(
                folder.resolve("authority.crt"),
                folder.resolve("node.crt"),
                folder.resolve("node.key"),
                authorityKeyHere ? folder.resolve("authority.key") : null);
    }
}
