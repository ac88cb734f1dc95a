package io.howdah.node.configuration;

import java.nio.file.Path;

/// Which PostgreSQL a node runs.
public sealed interface Installation {

    /// The newest installed one of the version that the data directory is of; where that is empty,
    /// or none is installed, the newest one that is supported, else the embedded one.
    record Auto() implements Installation {}

    /// The one that comes with Howdah, for demos and tests.
    record Embedded() implements Installation {}

    /// The one whose programs lie in this directory.
    ///
    /// @param path absolute
    record BinDirectory(Path path) implements Installation {

        /// @throws IllegalArgumentException when the path is relative
        public BinDirectory {
            if (!path.isAbsolute()) {
                throw new InvalidValueException(
                        "installation",
                        "is '"
                                + path
                                + "', not 'auto', 'embedded' or the absolute path of a bin"
                                + " directory");
            }
        }
    }
}
