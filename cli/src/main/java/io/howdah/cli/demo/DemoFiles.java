package io.howdah.cli.demo;

import io.howdah.cli.screen.CommandFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Writes what the nodes of a demo need before they can start. Leaves alone what is there already:
/// the owner may have edited it, and an interrupted start is completed by the next.
public final class DemoFiles {

    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final int PASSWORD_BYTES = 24;
    private static final int MOST_SHARES = 64;

    /// How much WAL fits on a host's disk beside data and a copy of them.
    private static final String SMALL_DISK =
            """
            parameters:
              max_wal_size: 256MB
              max_slot_wal_keep_size: 512MB
            """
                    .indent(2);

    private final DemoSettings settings;
    private final @Nullable String repository;

    /// @param settings of the demo, whose nodes archive nothing unless they are told so already
    public DemoFiles(DemoSettings settings) {
        this(settings, null);
    }

    /// @param settings of the demo
    /// @param repository where its nodes' WAL is archived, for those that are told so only now;
    ///   null: nowhere
    public DemoFiles(DemoSettings settings, @Nullable String repository) {
        this.settings = settings;
        this.repository = repository;
    }

    /// Writes what is missing.
    ///
    /// @throws CommandFailure when it cannot be written
    public void complete() {
        try {
            openDirectory(settings.nodesDirectory());
            for (int i = 1; i <= settings.nodes(); i++) {
                openDirectory(settings.nodeDirectory(i));
                Path configuration = settings.configuration(i);
                if (!Files.exists(configuration)) {
                    Path next = configuration.resolveSibling("howdah.yaml.new");
                    Files.writeString(next, yaml(i));
                    Files.move(next, configuration);
                }
            }
            completeSecret("replication-password", DemoFiles::randomPassword);
            completeSecret("rewind-password", DemoFiles::randomPassword);
            completeSecret("app-password", () -> "app");
            new DemoKeys(settings).complete(Instant.now());
        } catch (IOException e) {
            throw CommandFailure.failed(
                    "cannot write the demo's files: " + e,
                    "choose another place with --directory DIR, or run as the user that started the demo",
                    e);
        }
    }

    private Path secret(int i, String name) {
        return settings.nodeDirectory(i).resolve("secrets").resolve(name);
    }

    /// One secret, the same on every node; one that some node has is kept.
    private void completeSecret(String name, Supplier<String> fresh) throws IOException {
        String value = null;
        for (int i = 1; i <= settings.dataNodes() && value == null; i++) {
            if (Files.exists(secret(i, name))) {
                value = Files.readString(secret(i, name)).strip();
            }
        }
        if (value == null || value.isEmpty()) {
            value = fresh.get();
        }
        for (int i = 1; i <= settings.dataNodes(); i++) {
            Path file = secret(i, name);
            Files.createDirectories(file.getParent());
            if (!Files.exists(file) || Files.size(file) == 0) {
                Files.deleteIfExists(file);
                try (var channel =
                        FileSystems.getDefault()
                                .provider()
                                .newByteChannel(
                                        file,
                                        Set.of(
                                                StandardOpenOption.CREATE_NEW,
                                                StandardOpenOption.WRITE),
                                        OWNER_ONLY)) {
                    channel.write(ByteBuffer.wrap((value + "\n").getBytes(StandardCharsets.UTF_8)));
                }
            }
        }
    }

    private static String randomPassword() {
        byte[] bytes = new byte[PASSWORD_BYTES];
        new SecureRandom().nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /// Makes a folder that PostgreSQL's user can pass through, whatever the umask.
    static void openDirectory(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            Path parent = directory.getParent();
            if (parent != null) {
                openDirectory(parent);
            }
            Files.createDirectory(directory);
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    private String yaml(int node) {
        var nodes = new StringBuilder();
        for (int i = 1; i <= settings.nodes(); i++) {
            nodes.append(
                    "  n%d: {host: %s, %s, api-port: %d, consensus-port: %d}\n"
                            .formatted(
                                    i,
                                    settings.address(i),
                                    settings.isWitness(i)
                                            ? "witness: true"
                                            : "postgres-port: " + settings.postgresPort(i),
                                    settings.apiPort(i),
                                    settings.consensusPort(i)));
        }
        String common =
                """
                # Node n%d of the demo.
                cluster: demo
                node: n%d
                directory: %s

                nodes:
                %s\
                """
                        .formatted(node, node, quoted(settings.nodeDirectory(node)), nodes);
        return settings.isWitness(node)
                ? common
                : common + postgresSection(node) + proxySection(node) + backupSection();
    }

    private String proxySection(int node) {
        return """

        proxy:
          listen: %s
        """
                .formatted(settings.proxyAddress(node));
    }

    private String backupSection() {
        return repository == null
                ? ""
                : """

                backup:
                  repositories: [%s]
                """
                        .formatted(quoted(repository));
    }

    /// Whether a `howdah.yaml` has that section.
    static boolean hasSection(Path yaml, String name) {
        try (Stream<String> lines = Files.lines(yaml)) {
            return lines.anyMatch(line -> line.startsWith(name + ":"));
        } catch (IOException | UncheckedIOException e) {
            return false;
        }
    }

    private String postgresSection(int node) {
        return """

        postgres:
          installation: %s
          # The nodes share an eighth of this machine's memory: the rest is yours.
          memory-share: %d
          access:
            - host all all %s scram-sha-256
          replication-password-file: %s
          rewind-password-file: %s
          bootstrap:
            database: app
            owner: app
            owner-password-file: %s
        %s\
        """
                .formatted(
                        quoted(settings.postgres()),
                        Math.min(MOST_SHARES, settings.dataNodes() * 8),
                        settings.clients(),
                        quoted(secret(node, "replication-password")),
                        quoted(secret(node, "rewind-password")),
                        quoted(secret(node, "app-password")),
                        settings.hosts().isPresent() ? SMALL_DISK : "");
    }

    /// As a YAML string in single quotes, in which only the quote itself is special.
    private static String quoted(Object text) {
        return "'" + text.toString().replace("'", "''") + "'";
    }
}
