package io.howdah.node.configuration;

import java.util.List;

/// Programs of the operator's that a node runs. Immutable.
///
/// @param onRoleChange run when this node becomes primary, replica, or stops: an absolute path and
///   its own arguments; empty: none
public record Callbacks(List<String> onRoleChange) {

    /// None.
    public static final Callbacks NONE = new Callbacks(List.of());

    /// @throws IllegalArgumentException when the program is not named by an absolute path
    public Callbacks {
        onRoleChange = List.copyOf(onRoleChange);
        if (!onRoleChange.isEmpty() && !onRoleChange.getFirst().startsWith("/")) {
            throw new InvalidValueException(
                    "on-role-change",
                    "begins with '"
                            + onRoleChange.getFirst()
                            + "', not with the absolute path of a program (it is run without a shell)");
        }
        if (onRoleChange.stream().anyMatch(word -> word.indexOf('\0') >= 0)) {
            throw new InvalidValueException("on-role-change", "has a null character");
        }
    }
}
