package io.howdah.node.proxy;

import io.howdah.node.api.ApiClient;
import io.howdah.node.authority.CredentialException;
import io.howdah.node.authority.Credentials;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks nodes with what lies in a directory of credentials; what is replaced there is taken up, and
/// what cannot be read leaves what was read before. Thread-safe.
final class RenewedClient implements Supplier<ApiClient> {

    private static final Logger LOG = LoggerFactory.getLogger(RenewedClient.class);

    private final List<URI> nodes;
    private final Path directory;
    private List<FileTime> stamps; // guarded by this
    private ApiClient client; // guarded by this

    /// @throws CredentialException when the credentials cannot be used
    RenewedClient(List<URI> nodes, Path directory) {
        this.nodes = nodes;
        this.directory = directory;
        this.stamps = stamps();
        this.client = new ApiClient(nodes, Credentials.read(directory));
    }

    @Override
    public synchronized ApiClient get() {
        List<FileTime> now = stamps();
        if (!now.equals(stamps)) {
            stamps = now;
            try {
                client = new ApiClient(nodes, Credentials.read(directory));
                LOG.info("the credentials in {} were read again", directory);
            } catch (CredentialException e) {
                LOG.warn("the credentials read before are used on: {}", e.getMessage());
            }
        }
        return client;
    }

    private List<FileTime> stamps() {
        List<FileTime> found = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.sorted().toList()) {
                found.add(Files.getLastModifiedTime(file));
            }
        } catch (IOException e) {
            LOG.debug("cannot look into {}: {}", directory, e.getMessage());
        }
        return found;
    }
}
