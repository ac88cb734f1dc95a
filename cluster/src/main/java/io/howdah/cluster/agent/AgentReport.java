package io.howdah.cluster.agent;

import io.howdah.cluster.member.LocalStatus;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What an agent saw last and what it is doing. Immutable.
///
/// @param status PostgreSQL as last seen; null before the first look
/// @param act what it does or waits for; null before the first look
/// @param problem what the operator should know; empty when all is as it should be
/// @param lookedAtNanos when it last looked, on its boot clock: an old one means that the loop
///   hangs
public record AgentReport(
        @Nullable LocalStatus status, @Nullable Act act, String problem, long lookedAtNanos) {

    static AgentReport starting(long nowNanos) {
        return new AgentReport(null, null, "starting", nowNanos);
    }

    AgentReport seen(LocalStatus seen, long nowNanos) {
        return new AgentReport(seen, act, problem, nowNanos);
    }

    AgentReport acting(Act next, @Nullable String nextProblem, long nowNanos) {
        return new AgentReport(
                status, next, Objects.requireNonNullElse(nextProblem, "unknown failure"), nowNanos);
    }
}
