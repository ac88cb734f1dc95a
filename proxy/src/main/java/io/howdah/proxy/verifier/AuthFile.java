package io.howdah.proxy.verifier;

import io.howdah.proxy.ProxyException;
import io.howdah.proxy.encryption.PrivateFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A file with a role and its verifier on each line, as PgBouncer's `userlist.txt`: `"role"
/// "SCRAM-SHA-256$…"`. It is read again when it has changed; where it cannot be read then, what it
/// said before holds on. Thread-safe.
public final class AuthFile implements VerifierSource {

    private static final Logger log = LoggerFactory.getLogger(AuthFile.class);
    private static final int LONGEST_BYTES = 16 * 1024 * 1024;

    private final Path file;
    private Map<String, Knowledge> roles;
    private FileTime changed;

    /// @throws ProxyException when the file cannot be read, or others than its owner may
    public AuthFile(Path file) {
        this.file = file;
        try {
            this.changed = Files.getLastModifiedTime(file);
        } catch (IOException e) {
            throw PrivateFile.unreadable(file, e);
        }
        this.roles = read();
        roles.forEach((role, knowledge) -> {
            if (knowledge instanceof Knowledge.Unusable(String fact, String hint)) {
                log.warn("{}: role {} cannot log in: {}\nHINT: {}", file, role, fact, hint);
            }
        });
    }

    @Override
    public synchronized Knowledge find(String user) {
        try {
            FileTime now = Files.getLastModifiedTime(file);
            if (!now.equals(changed)) {
                changed = now;
                roles = read();
                log.info("{} was read again: {} roles", file, roles.size());
            }
        } catch (IOException | ProxyException e) {
            log.warn("what {} said before holds on: {}", file, e.getMessage());
        }
        return roles.getOrDefault(user, new Knowledge.Unknown());
    }

    private Map<String, Knowledge> read() {
        return parse(file, PrivateFile.read(file, LONGEST_BYTES));
    }

    /// Reads what stands in a file.
    ///
    /// @throws ProxyException when a line is something else than a role and its verifier
    static Map<String, Knowledge> parse(Path file, String text) {
        Map<String, Knowledge> found = new HashMap<>();
        int number = 0;
        for (String line : text.split("\\R", -1)) {
            number++;
            if (!line.isBlank() && !line.startsWith(";")) {
                var words = new Line(file, line, number);
                String role = words.next();
                found.put(role, Knowledge.of(words.next()));
            }
        }
        return found;
    }

    /// A line's words in double quotes; one that is written twice stands for itself.
    private static final class Line {
        private final Path file;
        private final String text;
        private final int number;
        private int at;

        Line(Path file, String text, int number) {
            this.file = file;
            this.text = text;
            this.number = number;
        }

        String next() {
            while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
                at++;
            }
            if (at >= text.length() || text.charAt(at) != '"') {
                throw broken();
            }
            StringBuilder word = new StringBuilder();
            for (at++; at < text.length(); at++) {
                char c = text.charAt(at);
                if (c == '"') {
                    at++;
                    if (at >= text.length() || text.charAt(at) != '"') {
                        return word.toString();
                    }
                }
                word.append(c);
            }
            throw broken();
        }

        private ProxyException broken() {
            return new ProxyException(
                    "line " + number + " of " + file + " is not a role and its verifier in quotes",
                    "write \"role\" \"SCRAM-SHA-256$…\", as pg_authid.rolpassword has it",
                    null);
        }
    }

    @Override
    public void close() {}
}
