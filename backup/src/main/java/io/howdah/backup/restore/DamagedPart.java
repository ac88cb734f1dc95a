package io.howdah.backup.restore;

/// A stretch of a file that could not be read from the repository: what was restored has zeros
/// there. Immutable.
///
/// @param path of the file, below the data directory
/// @param from its first byte
/// @param to behind its last byte
/// @param how what is wrong in the repository; where the stretch is long, with the first of it
public record DamagedPart(String path, long from, long to, String how) {

    /// Where they are named in a directory that has some.
    public static final String FILE = "howdah-damaged.txt";

    DamagedPart upTo(long end) {
        return new DamagedPart(path, from, end, how);
    }

    @Override
    public String toString() {
        return path + ", bytes " + from + " to " + to + ": " + how;
    }
}
