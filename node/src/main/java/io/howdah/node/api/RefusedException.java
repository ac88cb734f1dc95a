package io.howdah.node.api;

import org.jspecify.annotations.Nullable;

/// A node answered and said no. A command ends with exit code 1.
public final class RefusedException extends ApiException {

    private final int httpStatus;

    /// @param httpStatus of the answer, 400 to 599
    /// @param fact why it refused
    /// @param hint what to do next, without the word HINT
    public RefusedException(int httpStatus, String fact, @Nullable String hint) {
        super(fact, hint, null);
        this.httpStatus = httpStatus;
    }

    /// The HTTP status of the answer: 400 a damaged request, 412 a refusal, 503 not possible now.
    public int httpStatus() {
        return httpStatus;
    }
}
