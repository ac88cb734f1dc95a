package io.howdah.postgres;

import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/// The PostgreSQLs that the tests run on: every installed one and the embedded one.
@NullMarked
final class TestInstallations {

    static final OperatingSystemUser USER = OperatingSystemUser.forPostgres();

    private TestInstallations() {}

    static Stream<Installation> all() {
        Installations installations = new Installations(USER);
        return Stream.concat(
                installations.installed().stream(), Stream.of(installations.embedded()));
    }

    /// The one that a test takes when the version does not matter.
    static Installation any() {
        return new Installations(USER).choose("auto");
    }
}
