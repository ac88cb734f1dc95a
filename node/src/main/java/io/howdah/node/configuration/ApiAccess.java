package io.howdah.node.configuration;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Who may ask this node's API, besides holders of certificates. Immutable.
///
/// @param openReads whether everybody may read what changes nothing, without proving who he is
/// @param tokens the file of bearer tokens that are taken; null: none
public record ApiAccess(boolean openReads, @Nullable Path tokens) {

    /// What holds when nothing is said.
    public static final ApiAccess DEFAULT = new ApiAccess(false, null);
}
