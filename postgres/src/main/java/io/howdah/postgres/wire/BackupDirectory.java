package io.howdah.postgres.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Writes one archive of a base backup into a directory. Nothing that an archive says can lead out
/// of the directory: names are checked, files are always new, and nothing is written beyond a
/// symbolic link. For one thread.
final class BackupDirectory implements TarReader.Sink, AutoCloseable {

    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY_FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY_DIRECTORY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final Set<OpenOption> NEW_FILE =
            Set.of(
                    StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.WRITE,
                    LinkOption.NOFOLLOW_LINKS);

    private final Path root;
    private final String manifestPrefix;
    private final Map<String, Path> links;
    private final ReceivedFiles received;
    private final FileChecksum checksum;
    private final DiskSync sync;
    private final Set<Path> directories = new LinkedHashSet<>();
    private @Nullable FileChannel file;
    private String fileName = "";
    private long fileBytes;

    /// @param root where the archive goes; exists
    /// @param manifestPrefix what the manifest has before the names: nothing, or `pg_tblspc/<oid>/`
    /// @param links the symbolic links that may come, by name, with what they shall point to here
    BackupDirectory(
            Path root,
            String manifestPrefix,
            Map<String, Path> links,
            ReceivedFiles received,
            FileChecksum checksum,
            DiskSync sync) {
        this.root = root;
        this.manifestPrefix = manifestPrefix;
        this.links = links;
        this.received = received;
        this.checksum = checksum;
        this.sync = sync;
        directories.add(root);
    }

    /// Makes sure that a directory is there and empty.
    ///
    /// @throws BaseBackupException when there is something in it, or it cannot be made
    static void prepare(Path directory, String purpose, String hint) {
        try {
            if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
                Files.createDirectories(directory, OWNER_ONLY_DIRECTORY);
                return;
            }
            try (Stream<Path> content = Files.list(directory)) {
                if (content.findAny().isPresent()) {
                    throw new BaseBackupException(
                            "the directory for "
                                    + purpose
                                    + ", "
                                    + directory
                                    + ", is not empty\nHINT: "
                                    + hint);
                }
            }
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        } catch (IOException e) {
            throw new BaseBackupException(
                    "cannot prepare the directory for " + purpose + ": " + e, e);
        }
    }

    /// Opens a new file that only its owner may read.
    static FileChannel create(Path path) throws IOException {
        return FileChannel.open(path, NEW_FILE, OWNER_ONLY_FILE);
    }

    /// The directories that were filled, the root first.
    Set<Path> directories() {
        return directories;
    }

    @Override
    public void directory(String name) {
        Path path = resolve(name);
        try {
            if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                Files.createDirectory(path, OWNER_ONLY_DIRECTORY);
            }
            directories.add(path);
        } catch (IOException e) {
            throw cannotWrite(path, e);
        }
    }

    @Override
    public void symbolicLink(String name, String linkTarget) {
        Path target = links.get(name);
        if (target == null) {
            throw hostile("the symbolic link '" + name + "' to '" + linkTarget + "'");
        }
        Path path = resolve(name);
        try {
            Files.createSymbolicLink(path, target);
        } catch (IOException e) {
            throw cannotWrite(path, e);
        }
    }

    @Override
    public void beginFile(String name, long sizeBytes) {
        Path path = resolve(name);
        fileName = manifestPrefix + relative(name);
        fileBytes = sizeBytes;
        try {
            file = create(path);
        } catch (IOException e) {
            throw cannotWrite(path, e);
        }
    }

    @Override
    public void content(ByteBuffer piece) {
        FileChannel open = openFile();
        int start = piece.position();
        checksum.update(piece);
        piece.position(start);
        try {
            while (piece.hasRemaining()) {
                open.write(piece);
            }
        } catch (IOException e) {
            throw cannotWrite(root.resolve(fileName), e);
        }
    }

    @Override
    public void endFile() {
        sync.flushAndClose(openFile());
        file = null;
        received.add(fileName, fileBytes, checksum.finish());
    }

    /// Closes the file that was being written, if the archive broke off in it.
    @Override
    public void close() {
        FileChannel open = file;
        if (open != null) {
            file = null;
            try {
                open.close();
            } catch (IOException e) {
                throw cannotWrite(root.resolve(fileName), e);
            }
        }
    }

    private FileChannel openFile() {
        FileChannel open = file;
        if (open == null) {
            throw new IllegalStateException("no file was begun");
        }
        return open;
    }

    private static String relative(String name) {
        return name.startsWith("./") ? name.substring(2) : name;
    }

    private Path resolve(String name) {
        String relative = relative(name);
        if (relative.isEmpty() || relative.startsWith("/") || relative.endsWith("/")) {
            throw hostile("the name '" + name + "'");
        }
        for (String part : relative.split("/", -1)) {
            if (part.isEmpty() || part.equals(".") || part.equals("..")) {
                throw hostile("the name '" + name + "'");
            }
        }
        for (String link : links.keySet()) {
            if (relative.startsWith(link + "/")) {
                throw hostile("the name '" + name + "' beyond a symbolic link");
            }
        }
        try {
            return root.resolve(relative);
        } catch (InvalidPathException e) {
            throw new BaseBackupException(
                    "the server has a file '"
                            + name
                            + "' that cannot exist here\nHINT: start Java under a UTF-8 locale",
                    e);
        }
    }

    private static BaseBackupException hostile(String what) {
        return new BaseBackupException(
                "the server sent " + what + ", which has no place in a backup");
    }

    private static BaseBackupException cannotWrite(Path path, IOException e) {
        return new BaseBackupException("cannot write " + path + ": " + e, e);
    }
}
