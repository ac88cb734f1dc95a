package io.howdah.postgres;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What the kernel lets be written to, which a file store alone does not say: after an error, newer
/// kernels (6.15) leave ext4 mounted `rw` and say `emergency_ro` among its options.
final class MountTable {

    private static final Path TABLE = Path.of("/proc/self/mountinfo");
    private static final int MOUNT_POINT = 4;

    private MountTable() {}

    /// Whether nothing can be written to the volume of a directory.
    ///
    /// @throws IOException when the directory, or its volume, cannot be looked at
    static boolean isReadOnly(Path directory) throws IOException {
        FileStore store = Files.getFileStore(directory);
        return store.isReadOnly()
                || (store.type().equals("ext4")
                        && gaveUp(Files.readAllLines(TABLE), directory.toRealPath()));
    }

    /// @param lines of `/proc/self/mountinfo`, see proc(5)
    static boolean gaveUp(List<String> lines, Path directory) {
        String options = "";
        int depth = -1;
        for (String line : lines) {
            String[] fields = line.split(" ", -1);
            if (fields.length > MOUNT_POINT) {
                Path mounted = Path.of(unescaped(fields[MOUNT_POINT]));
                // what is mounted later at the same place covers what was there
                if (directory.startsWith(mounted) && mounted.getNameCount() >= depth) {
                    depth = mounted.getNameCount();
                    options = fields[fields.length - 1];
                }
            }
        }
        return List.of(options.split(",", -1)).contains("emergency_ro");
    }

    /// Whether something is mounted right there: such a directory cannot be renamed, nor another
    /// one take its place.
    static boolean isMountPoint(Path directory) {
        try {
            Path place = directory.toRealPath();
            return Files.readAllLines(TABLE).stream()
                    .map(line -> line.split(" ", -1))
                    .anyMatch(fields ->
                            fields.length > MOUNT_POINT
                                    && Path.of(unescaped(fields[MOUNT_POINT])).equals(place));
        } catch (IOException e) {
            // there is none, or it shows when it is renamed
            return false;
        }
    }

    private static String unescaped(String field) {
        return field.replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\");
    }
}
