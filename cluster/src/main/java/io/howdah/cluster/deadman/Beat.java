package io.howdah.cluster.deadman;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One word of the agent to the switch, as it goes through the pipe: the kind and a moment, eight
/// bytes each. Both ends are of one installation, or of two that followed each other: a kind never
/// changes its meaning.
sealed interface Beat {

    /// The size of each.
    int BYTES = 16;

    /// An agent is there, and has nothing to say yet.
    record Here() implements Beat {}

    /// See `DeadMansSwitch.arm`.
    ///
    /// @param deadlineNanos on the boot clock
    record Arm(long deadlineNanos) implements Beat {}

    /// See `DeadMansSwitch.limit`.
    ///
    /// @param deadlineNanos on the boot clock
    record Limit(long deadlineNanos) implements Beat {}

    /// See `DeadMansSwitch.disarm`.
    record Disarm() implements Beat {}

    /// What to tell a switch that has heard nothing, so that it knows what one knows that has heard
    /// this after all that came before: a limit alone would give back the time that an earlier one
    /// took.
    ///
    /// @param before what this method made of that; null: nothing came before
    default Beat after(@Nullable Beat before) {
        if (this instanceof Limit limit) {
            return switch (before) {
                case Arm arm -> new Arm(Math.min(arm.deadlineNanos(), limit.deadlineNanos()));
                case Limit first ->
                        new Limit(Math.min(first.deadlineNanos(), limit.deadlineNanos()));
                case Here here -> limit;
                case Disarm disarm -> limit;
                case null -> limit;
            };
        }
        return this;
    }

    /// As it is sent.
    default byte[] encoded() {
        long kind =
                switch (this) {
                    case Here here -> 1;
                    case Arm arm -> 2;
                    case Disarm disarm -> 3;
                    case Limit limit -> 4;
                };
        long deadlineNanos =
                switch (this) {
                    case Arm arm -> arm.deadlineNanos();
                    case Limit limit -> limit.deadlineNanos();
                    case Here here -> 0;
                    case Disarm disarm -> 0;
                };
        return ByteBuffer.allocate(BYTES).putLong(kind).putLong(deadlineNanos).array();
    }

    /// What was sent; empty when it is nothing that we know.
    static Optional<Beat> decoded(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        long kind = buffer.getLong();
        long deadlineNanos = buffer.getLong();
        if (kind == 1) {
            return Optional.of(new Here());
        }
        if (kind == 2) {
            return Optional.of(new Arm(deadlineNanos));
        }
        if (kind == 4) {
            return Optional.of(new Limit(deadlineNanos));
        }
        return kind == 3 ? Optional.of(new Disarm()) : Optional.empty();
    }
}
