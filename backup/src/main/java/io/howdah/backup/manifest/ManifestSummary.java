package io.howdah.backup.manifest;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// What a backup says of its manifest. Immutable.
///
/// @param parts how many parts it has
/// @param storedBytes how many bytes they take in the store
/// @param files how many files it names
/// @param bytes how many bytes these have together
/// @param sha256 of the stored parts, one behind the other; in hexadecimal digits
/// @param packs how many packs it names
/// @param packsSha256 of the stored list of these packs; in hexadecimal digits
public record ManifestSummary(
        int parts,
        long storedBytes,
        long files,
        long bytes,
        String sha256,
        int packs,
        String packsSha256) {

    static String sha256(byte[] bytes) {
        return HexFormat.of().formatHex(digest().digest(bytes));
    }

    static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
