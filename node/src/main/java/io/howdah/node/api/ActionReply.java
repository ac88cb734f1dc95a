package io.howdah.node.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What a node answers to a request for a change, and whenever it refuses anything. Immutable.
///
/// @param ok whether it was done
/// @param message the fact, in lower case, with the values
/// @param hint what to do next; null when there is nothing to do
/// @param adoption what an adoption would do, for who asked for that; else null
public record ActionReply(
        boolean ok,
        String message,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String hint,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable AdoptionView adoption) {

    /// Of anything but an adoption.
    public ActionReply(boolean ok, String message, @Nullable String hint) {
        this(ok, message, hint, null);
    }

    /// @throws NullPointerException when the message is missing
    public ActionReply {
        Objects.requireNonNull(message, "message");
    }
}
