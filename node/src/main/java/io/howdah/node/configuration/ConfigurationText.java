package io.howdah.node.configuration;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// The text of a configuration file.
final class ConfigurationText {

    private static final long BYTES_MAXIMUM = 1 << 20;

    private ConfigurationText() {}

    /// @param example the complete example of such a file, named in hints
    /// @throws ConfigurationException when it cannot be read as text
    static String read(Path file, String example) {
        String hint = "name the file with --config; " + example + " is a complete example";
        try {
            if (Files.isDirectory(file)) {
                throw new ConfigurationException(file + " is a directory, not a file", hint, null);
            }
            if (Files.size(file) > BYTES_MAXIMUM) {
                throw new ConfigurationException(file + " is longer than 1 MiB", hint, null);
            }
            String text = Files.readString(file);
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (NoSuchFileException e) {
            throw new ConfigurationException(file + " does not exist", hint, e);
        } catch (CharacterCodingException e) {
            throw new ConfigurationException(file + " is not UTF-8 text", "save it as UTF-8", e);
        } catch (AccessDeniedException e) {
            throw new ConfigurationException(
                    "no permission to read " + file,
                    "make it readable for the user that runs howdah",
                    e);
        } catch (IOException e) {
            throw new ConfigurationException("cannot read " + file + ": " + e, hint, e);
        }
    }
}
