package io.howdah.backup.verify;

/// Something in a repository that is not as it must be. Immutable.
///
/// @param backup the backup that cannot be restored whole
/// @param what the file with the place in it, or what else of the backup it is
/// @param how what is wrong, with the object of the repository
public record Damage(String backup, String what, String how) {

    @Override
    public String toString() {
        return backup + ": " + what + ": " + how;
    }
}
