package io.howdah.cluster.member;

import java.util.List;

/// From where a copy may be made, other than from the leader. From where does not matter to anybody
/// else: the copy is a new incarnation, follows nobody, and its position is judged before it does.
///
/// @param archive whether from the repository, if there is one: it is tried first
/// @param standbys those that follow the leader closely enough, the preferred first
public record CopySources(boolean archive, List<Upstream> standbys) {

    /// Nowhere else.
    public static final CopySources LEADER_ALONE = new CopySources(false, List.of());

    /// Keeps a copy.
    public CopySources {
        standbys = List.copyOf(standbys);
    }

    /// From the repository, or from one of these.
    public static CopySources anywhere(List<Upstream> standbys) {
        return new CopySources(true, standbys);
    }
}
