package io.howdah.backup.verify;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What was found. Immutable.
///
/// @param backups how many backups were looked at
/// @param chunks how many chunks were read
/// @param bytes how many bytes these have, compressed
/// @param gaps stretches of WAL that are not there; nothing is wrong with a backup for that, but no
///   moment in them can be restored
/// @param damageCount how much damage there is
/// @param damage the first of it; at most 100
/// @param affected the backups of which something is damaged
public record VerifyResult(
        int backups,
        long chunks,
        long bytes,
        List<String> gaps,
        long damageCount,
        List<Damage> damage,
        List<String> affected) {

    /// How much damage is told one by one.
    public static final int MOST_TOLD = 100;

    /// @param affected null where an older version has written it down
    public VerifyResult(
            int backups,
            long chunks,
            long bytes,
            List<String> gaps,
            long damageCount,
            List<Damage> damage,
            @Nullable List<String> affected) {
        this.backups = backups;
        this.chunks = chunks;
        this.bytes = bytes;
        this.gaps = List.copyOf(gaps);
        this.damageCount = damageCount;
        this.damage = List.copyOf(damage);
        this.affected = List.copyOf(Objects.requireNonNullElse(affected, List.of()));
    }

    /// Whether every backup can be restored whole.
    public boolean isWhole() {
        return damageCount == 0;
    }

    /// Whether every backup can be restored whole, and every moment after the oldest.
    public boolean isComplete() {
        return isWhole() && gaps.isEmpty();
    }
}
