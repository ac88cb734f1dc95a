package io.howdah.backup.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Objects as files in a folder. An object is written under a temporary name, synced, and given its
/// name, by a link where nothing may be replaced; then the folder is synced. Folders have mode
/// 0700, files 0600; what root makes belongs to whom the store's own folder belongs to. What a
/// killed process left under a temporary name is removed a day later.
public final class FolderStore implements ObjectStore {

    /// What is being written; no object's name begins with a dot.
    private static final String INCOMING = ".incoming";

    private static final Duration LEFTOVER_AGE = Duration.ofDays(1);
    private static final int COPY_BYTES = 1 << 20;
    private static final String HINT_WRITE =
            "look at the free space and the owner of that folder, then run it again";
    private static final String HINT_READ =
            "run it as the user that the folder belongs to, and look at its disk";

    /// How the system says that a file system has none.
    private static final Set<String> NO_LINKS =
            Set.of(
                    "Operation not permitted",
                    "Operation not supported",
                    "Function not implemented");

    private final Path root;
    private final FolderOwner owner;
    private final Folders folders;

    /// @param root the folder; made with the first object
    public FolderStore(Path root) {
        this.root = root.toAbsolutePath().normalize();
        this.owner = new FolderOwner(this.root);
        this.folders = new Folders(this.root, owner);
    }

    /// The folder, absolute.
    public Path root() {
        return root;
    }

    @Override
    public PutOutcome put(ObjectName name, Content content, PutMode mode) {
        Path target = file(name);
        try {
            if (mode == PutMode.IF_ABSENT && Files.exists(target)) {
                return exists(target);
            }
            Path incoming = incoming();
            Path temporary = incoming.resolve(UUID.randomUUID().toString());
            try {
                write(temporary, content, target);
                folders.make(parent(target));
                return publish(temporary, target, mode);
            } finally {
                Files.deleteIfExists(temporary);
            }
        } catch (IOException e) {
            throw unavailable("write " + name, e, HINT_WRITE);
        }
    }

    private void write(Path temporary, Content content, Path target) throws IOException {
        try (InputStream in = content.open();
                FileChannel out =
                        FileChannel.open(
                                temporary,
                                EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                                PosixFilePermissions.asFileAttribute(
                                        PosixFilePermissions.fromString("rw-------")))) {
            byte[] buffer = new byte[Math.clamp(content.size(), 1, COPY_BYTES)];
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, length);
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
            }
            owner.give(temporary, target);
            out.force(true);
        }
    }

    private PutOutcome publish(Path temporary, Path target, PutMode mode) throws IOException {
        switch (mode) {
            case IF_ABSENT -> {
                if (!isLinked(temporary, target)) {
                    return exists(target);
                }
            }
            case REPLACE -> Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        }
        Folders.sync(parent(target));
        return PutOutcome.STORED;
    }

    /// Who made it may have been killed before its name was durable; whoever hears that it is there
    /// goes on as if it stayed.
    private static PutOutcome exists(Path target) throws IOException {
        Folders.sync(parent(target));
        return PutOutcome.EXISTS;
    }

    /// Over NFS a link may be asked for twice, as where the first answer was lost: then it is
    /// there, and is ours.
    private boolean isLinked(Path temporary, Path target) throws IOException {
        try {
            Files.createLink(target, temporary);
            return true;
        } catch (FileAlreadyExistsException e) {
            return Files.isSameFile(target, temporary);
        } catch (UnsupportedOperationException e) {
            throw withoutLinks(e);
        } catch (FileSystemException e) {
            String reason = e.getReason();
            if (reason != null && NO_LINKS.contains(reason)) {
                throw withoutLinks(e);
            }
            throw e;
        }
    }

    private StoreUnavailableException withoutLinks(Exception e) {
        return new StoreUnavailableException(
                "the file system of " + root + " makes no hard links: " + e,
                "put the repository on one that does, as ext4, XFS and NFS do; SMB and exFAT do not",
                e);
    }

    @Override
    public InputStream get(ObjectName name) {
        try {
            return Files.newInputStream(file(name));
        } catch (NoSuchFileException e) {
            throw missing(name);
        } catch (IOException e) {
            throw unavailable("read " + name, e, HINT_READ);
        }
    }

    @Override
    public byte[] get(ObjectName name, long offset, int length) {
        try (FileChannel channel = FileChannel.open(file(name), StandardOpenOption.READ)) {
            byte[] bytes = new byte[Math.clamp(channel.size() - offset, 0, length)];
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()
                    && channel.read(buffer, offset + buffer.position()) >= 0) {}
            return bytes;
        } catch (NoSuchFileException e) {
            throw missing(name);
        } catch (IOException e) {
            throw unavailable("read " + name, e, HINT_READ);
        }
    }

    @Override
    public List<StoredObject> list(String prefix, @Nullable ObjectName after) {
        var page = new ArrayList<StoredObject>();
        list(prefix, after, PAGE, page::add);
        return List.copyOf(page);
    }

    /// In one go: each page would read whole folders anew.
    @Override
    public void forEach(String prefix, @Nullable ObjectName after, Consumer<StoredObject> action) {
        list(prefix, after, Integer.MAX_VALUE, action);
    }

    private void list(
            String prefix, @Nullable ObjectName after, int most, Consumer<StoredObject> action) {
        try {
            requireThere();
            new FolderListing(root, prefix, after == null ? "" : after.text(), most, action).run();
        } catch (IOException e) {
            throw unavailable("list '" + prefix + "'", e, HINT_READ);
        }
    }

    @Override
    public void delete(ObjectName name) {
        Path file = file(name);
        try {
            if (Files.deleteIfExists(file)) {
                Folders.sync(parent(file));
            }
        } catch (IOException e) {
            throw unavailable("delete " + name, e, HINT_WRITE);
        }
    }

    /// An object is not there only where the folder is: a disk that is not mounted proves nothing.
    private ObjectMissingException missing(ObjectName name) {
        requireThere();
        return new ObjectMissingException(name, toString());
    }

    private void requireThere() {
        if (!Files.isDirectory(root)) {
            throw new StoreUnavailableException(
                    "there is no folder " + root,
                    "check the path of the repository, and that its disk is mounted",
                    null);
        }
    }

    private Path incoming() throws IOException {
        Path incoming = root.resolve(INCOMING);
        if (!Files.isDirectory(incoming)) {
            folders.make(incoming);
        }
        folders.removeLeftovers(incoming, LEFTOVER_AGE);
        return incoming;
    }

    private Path file(ObjectName name) {
        return root.resolve(name.text());
    }

    private static Path parent(Path file) {
        Path parent = file.getParent();
        if (parent == null) {
            throw new IllegalArgumentException(file + " lies in no folder");
        }
        return parent;
    }

    private StoreUnavailableException unavailable(String what, IOException e, String hint) {
        return new StoreUnavailableException("cannot " + what + " in " + root + ": " + e, hint, e);
    }

    @Override
    public String toString() {
        return root.toString();
    }
}
