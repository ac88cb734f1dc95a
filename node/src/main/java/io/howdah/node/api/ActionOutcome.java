package io.howdah.node.api;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What came of a request for a change. Immutable.
///
/// @param verdict what kind of end it came to
/// @param message the fact, in lower case, with the values
/// @param hint what to do next; null when there is nothing to do
/// @param adoption what an adoption would do, for who asked for that; else null
public record ActionOutcome(
        Verdict verdict, String message, @Nullable String hint, @Nullable AdoptionView adoption) {

    ActionOutcome(Verdict verdict, String message, @Nullable String hint) {
        this(verdict, message, hint, null);
    }

    /// How a request for a change can end, each with its HTTP status by Patroni's conventions.
    public enum Verdict {
        /// Done.
        DONE(200),
        /// Agreed, and will be done later.
        ACCEPTED(202),
        /// The request makes no sense in any state, such as a candidate that is no member.
        WRONG(400),
        /// Not in this state of the cluster, such as a candidate that is too far behind.
        REFUSED(412),
        /// It was tried, or could not be tried now; trying again may help.
        FAILED(503);

        private final int httpStatus;

        Verdict(int httpStatus) {
            this.httpStatus = httpStatus;
        }

        /// The status that an answer carries.
        public int httpStatus() {
            return httpStatus;
        }
    }

    /// @throws NullPointerException when verdict or message is missing
    public ActionOutcome {
        Objects.requireNonNull(verdict, "verdict");
        Objects.requireNonNull(message, "message");
    }

    /// It was done.
    public static ActionOutcome done(String message) {
        return new ActionOutcome(Verdict.DONE, message, null);
    }

    /// It was done, and there is more to do.
    public static ActionOutcome done(String message, String hint) {
        return new ActionOutcome(Verdict.DONE, message, hint);
    }

    /// It will be done later.
    public static ActionOutcome accepted(String message) {
        return new ActionOutcome(Verdict.ACCEPTED, message, null);
    }

    /// The request makes no sense.
    public static ActionOutcome wrong(String message, @Nullable String hint) {
        return new ActionOutcome(Verdict.WRONG, message, hint);
    }

    /// Not in this state of the cluster.
    public static ActionOutcome refused(String message, @Nullable String hint) {
        return new ActionOutcome(Verdict.REFUSED, message, hint);
    }

    /// It was tried and failed, or cannot be tried now.
    public static ActionOutcome failed(String message, @Nullable String hint) {
        return new ActionOutcome(Verdict.FAILED, message, hint);
    }

    /// The same, with what an adoption would do.
    public ActionOutcome with(AdoptionView plan) {
        return new ActionOutcome(verdict, message, hint, plan);
    }

    /// As the API answers it.
    public ActionReply reply() {
        return new ActionReply(
                verdict == Verdict.DONE || verdict == Verdict.ACCEPTED, message, hint, adoption);
    }
}
