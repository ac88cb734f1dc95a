package io.howdah.backup.manifest;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// What a backup says of its manifest. Immutable.
///
/// @param parts how many parts it has
/// @param storedBytes how many bytes they take in the store
/// @param files how many files it names
/// @param bytes how many bytes these have together
/// @param sha256 of the stored parts, one behind the other; in hexadecimal digits
public record ManifestSummary(int parts, long storedBytes, long files, long bytes, String sha256) {

    static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
