package io.howdah.proxy.pool;

import java.time.Duration;

/// What is too old: nothing, where the bound is zero.
final class Ages {

    private Ages() {}

    static boolean isOver(long ageNanos, Duration bound) {
        return bound.isPositive() && ageNanos >= bound.toNanos();
    }
}
