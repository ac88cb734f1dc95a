package io.howdah.postgres.wire;

import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;

/// What a base backup shall be. Immutable; `with…` gives a changed copy.
///
/// @param label the name that the backup bears in its `backup_label`; not empty, up to 1024 bytes
/// @param fastCheckpoint whether the server's checkpoint, which comes first, is made at once rather
///   than spread over minutes
/// @param includeWal whether the WAL that the copy needs comes with it, at its end. Without a slot
///   that reserves WAL the server may have removed it by then, and the backup fails.
/// @param maxRate the most that the server sends, in kB per second, 32 to 1048576; 0 for no limit
/// @param checksums how the files are checked
/// @param tablespaces says for each tablespace's location on the server, absolute, which directory
///   it goes to here, absolute: an empty one, or one that can be made
/// @param silenceLimit the longest time without a word from the server; it has to cover its
///   checkpoint
public record BaseBackupRequest(
        String label,
        boolean fastCheckpoint,
        boolean includeWal,
        long maxRate,
        ManifestChecksums checksums,
        UnaryOperator<Path> tablespaces,
        Duration silenceLimit) {

    /// The checksum that the manifest gives for every file.
    public enum ManifestChecksums {
        /// Finds damage; costs nearly nothing.
        CRC32C,
        /// Finds changes made on purpose too.
        SHA256
    }

    /// @throws IllegalArgumentException when a value is out of its range
    public BaseBackupRequest {
        if (label.isEmpty() || label.length() > 1024 || label.indexOf('\n') >= 0) {
            throw new IllegalArgumentException("not a label for a backup: '" + label + "'");
        }
        if (maxRate != 0 && (maxRate < 32 || maxRate > 1_048_576)) {
            throw new IllegalArgumentException(
                    "not a rate for a backup: " + maxRate + " kB/s (expected 32 to 1048576)");
        }
        ConnectionSettings.checkPositive("the limit of silence", silenceLimit);
    }

    /// A copy that can start by itself: fast checkpoint, WAL included, no limit on the rate,
    /// CRC32C, tablespaces where they are on the server, 10 minutes of silence at most.
    public static BaseBackupRequest labelled(String label) {
        return new BaseBackupRequest(
                label,
                true,
                true,
                0,
                ManifestChecksums.CRC32C,
                UnaryOperator.identity(),
                Duration.ofMinutes(10));
    }

    /// With other directories for tablespaces.
    public BaseBackupRequest withTablespaces(UnaryOperator<Path> mapping) {
        return new BaseBackupRequest(
                label, fastCheckpoint, includeWal, maxRate, checksums, mapping, silenceLimit);
    }

    /// With or without the WAL that the copy needs.
    public BaseBackupRequest withWal(boolean included) {
        return new BaseBackupRequest(
                label, fastCheckpoint, included, maxRate, checksums, tablespaces, silenceLimit);
    }

    /// With a limit on the rate, in kB per second.
    public BaseBackupRequest withMaxRate(long newMaxRate) {
        return new BaseBackupRequest(
                label,
                fastCheckpoint,
                includeWal,
                newMaxRate,
                checksums,
                tablespaces,
                silenceLimit);
    }

    /// With other checksums.
    public BaseBackupRequest withChecksums(ManifestChecksums newChecksums) {
        return new BaseBackupRequest(
                label,
                fastCheckpoint,
                includeWal,
                maxRate,
                newChecksums,
                tablespaces,
                silenceLimit);
    }

    /// With a checkpoint at once, or spread over minutes.
    public BaseBackupRequest withFastCheckpoint(boolean fast) {
        return new BaseBackupRequest(
                label, fast, includeWal, maxRate, checksums, tablespaces, silenceLimit);
    }

    /// With another limit of silence.
    public BaseBackupRequest withSilenceLimit(Duration limit) {
        return new BaseBackupRequest(
                label, fastCheckpoint, includeWal, maxRate, checksums, tablespaces, limit);
    }

    /// The most that the server sends, in kB per second; empty for no limit.
    public OptionalLong rateLimit() {
        return maxRate == 0 ? OptionalLong.empty() : OptionalLong.of(maxRate);
    }
}
