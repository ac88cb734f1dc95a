package io.howdah.node.backup;

import io.howdah.backup.repository.Repository;
import io.howdah.backup.verify.Damage;
import io.howdah.backup.verify.LastVerification;
import io.howdah.backup.verify.Verification;
import io.howdah.backup.verify.VerifyResult;
import io.howdah.postgres.wire.ConnectionSettings;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Repositories, read as a whole on a schedule. Immutable.
///
/// @param node whose worker this is
/// @param workers how many threads read
record ScheduledVerifications(String node, int workers) implements RepositoryDuties.Work {

    private static final int MOST_TOLD = 5;
    private static final Logger LOG = LoggerFactory.getLogger(ScheduledVerifications.class);

    @Override
    public String name() {
        return "verifications";
    }

    @Override
    public Optional<String> due(
            Repository repository, ConnectionSettings server, Instant slot, String name) {
        return LastVerification.NOTE
                        .read(repository.store())
                        .filter(last -> !last.startTime().isBefore(slot))
                        .isPresent()
                ? Optional.empty()
                : Optional.of(name);
    }

    @Override
    public void run(Repository repository, ConnectionSettings server) {
        Instant begun = Instant.now();
        VerifyResult result = new Verification(repository, workers, read -> {}).run();
        LastVerification.NOTE.put(
                repository.store(), new LastVerification(begun, Instant.now(), node, result));
        if (result.isComplete()) {
            LOG.info(
                    "{} was read as a whole, {} bytes: all is as it must be",
                    repository.store(),
                    result.bytes());
        } else {
            LOG.error(
                    "{} is not as it must be: {}\nHINT: howdah backup verify tells all of it",
                    repository.store(),
                    Stream.concat(
                                    result.damage().stream().map(Damage::toString),
                                    result.gaps().stream()
                                            .map(gap -> "there is no WAL from " + gap))
                            .limit(MOST_TOLD)
                            .collect(Collectors.joining("; ")));
        }
    }
}
