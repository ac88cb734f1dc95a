package io.howdah.node.api;

import org.jspecify.annotations.Nullable;

/// In whose name a change is made, for the records that are kept of it. Bound around each change
/// that the API passes to its node, on the thread that carries it out.
public final class OnBehalf {

    private static final ScopedValue<String> NAME = ScopedValue.newInstance();

    private OnBehalf() {}

    /// What a change is.
    interface Change<T, E extends Exception> {
        T make() throws E;
    }

    /// Makes a change in somebody's name.
    static <T, E extends Exception> T of(String name, Change<T, E> change) throws E {
        return ScopedValue.where(NAME, name).call(change::make);
    }

    /// The name of whoever asked for what this thread does: proven, with what he calls himself in
    /// parentheses; only the latter where nobody has to prove who he is.
    ///
    /// @param claimed what the request says; null or empty: nothing
    public static String name(@Nullable String claimed) {
        String proven = NAME.orElse(Caller.LOCAL.name());
        if (claimed == null || claimed.isBlank() || claimed.equals(proven)) {
            return proven;
        }
        String line = claimed.replaceAll("\\p{Cntrl}", " ").strip();
        return proven.equals(Caller.LOCAL.name()) ? line : proven + " (" + line + ")";
    }
}
