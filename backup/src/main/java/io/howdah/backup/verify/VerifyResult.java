package io.howdah.backup.verify;

import java.util.List;

/// What was found. Immutable.
///
/// @param backups how many backups were looked at
/// @param chunks how many chunks were read
/// @param bytes how many bytes these have, compressed
/// @param damageCount how much damage there is
/// @param damage the first of it; at most 100
public record VerifyResult(
        int backups, long chunks, long bytes, long damageCount, List<Damage> damage) {

    /// How much damage is told one by one.
    public static final int MOST_TOLD = 100;

    public VerifyResult {
        damage = List.copyOf(damage);
    }

    /// Whether every backup can be restored whole.
    public boolean isWhole() {
        return damageCount == 0;
    }
}
