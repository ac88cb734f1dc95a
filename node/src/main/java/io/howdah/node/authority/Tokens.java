package io.howdah.node.authority;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The bearer tokens that a node takes, as a file lists them: one line for each, with its holder's
/// name, a role and the token's SHA-256. A token is 256 random bits, so its plain hash tells nobody
/// anything; the token itself lies with its holder only. A changed file is taken up at the next
/// request. One that others may use, or that cannot be read, opens nothing until that is mended:
/// whoever could write to it could list himself. Thread-safe.
public final class Tokens {

    private static final int BYTES = 32;
    private static final String PREFIX = "howdah_";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.@-]{0,62}");
    private static final Pattern LINE =
            Pattern.compile("(" + NAME + ") (read|operate|admin) ([0-9a-f]{64})");
    private static final Logger LOG = LoggerFactory.getLogger(Tokens.class);

    private final @Nullable Path file;
    private volatile Known known;

    /// @param stamp of the file, what it was read as; null when there was none
    private record Known(@Nullable Stamp stamp, Map<String, Holder> byHash) {}

    /// What tells a changed file. The time of its inode changes with its permissions and owner,
    /// too, and cannot be set back.
    private record Stamp(Object modified, Object changed) {}

    /// A line that cannot be understood.
    private static final class DamagedTokensException extends CredentialException {
        private static final long serialVersionUID = 1L;

        DamagedTokensException(String fact) {
            super(fact, "remove it, and make the token again with `howdah init token`", null);
        }
    }

    /// Who holds a token.
    ///
    /// @param name for the log
    /// @param role what he may do
    public record Holder(String name, Role role) {}

    /// A token that was just made.
    ///
    /// @param token the secret, for its holder; shown by nothing else
    /// @param line for the nodes' file of tokens
    public record Created(String token, String line) {
        @Override
        public String toString() {
            return "Created[line=" + line + "]";
        }
    }

    private Tokens(@Nullable Path file, Known known) {
        this.file = file;
        this.known = known;
    }

    /// Takes no token at all.
    public static Tokens none() {
        return new Tokens(null, new Known(null, Map.of()));
    }

    /// Takes the tokens of a file, as it is at each request. A file that does not exist lists none.
    ///
    /// @throws CredentialException when it is open to others, or damaged
    public static Tokens of(Path file) {
        return new Tokens(file, read(file, stamp(file)));
    }

    /// Makes a token.
    ///
    /// @throws CredentialException when the name is no word of up to 63 letters, digits and `_.@-`
    public static Created create(String name, Role role) {
        if (!NAME.matcher(name).matches()) {
            throw new CredentialException(
                    "'" + name + "' cannot be the name of a token's holder",
                    "use up to 63 letters, digits and _ . @ -",
                    null);
        }
        byte[] random = new byte[BYTES];
        new SecureRandom().nextBytes(random);
        String token = PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(random);
        return new Created(token, name + " " + role.text() + " " + hash(token));
    }

    /// The file of tokens with one more, in place of an earlier one of the same holder.
    public static String with(String content, Created added) {
        String name = added.line().substring(0, added.line().indexOf(' ') + 1);
        var lines = new StringBuilder();
        content.lines()
                .filter(line -> !line.startsWith(name))
                .forEach(line -> lines.append(line).append('\n'));
        return lines.append(added.line()).append('\n').toString();
    }

    /// Whose token this is; empty when it is nobody's.
    public Optional<Holder> holder(String token) {
        return Optional.ofNullable(current().byHash().get(hash(token)));
    }

    private Known current() {
        Path followed = file;
        Known before = known;
        if (followed == null) {
            return before;
        }
        Stamp stamp = stamp(followed);
        if (Objects.equals(stamp, before.stamp())) {
            return before;
        }
        try {
            known = read(followed, stamp);
        } catch (DamagedTokensException e) {
            // What was listed before stays: an editor may be in the middle of it. But it is said.
            known = new Known(stamp, before.byHash());
            LOG.warn("the tokens are not taken up: {} (HINT: {})", e.fact(), e.hint());
        } catch (CredentialException e) {
            known = new Known(stamp, Map.of());
            LOG.warn(
                    "no token opens anything any more: {} (HINT: {}; the tokens are taken up again"
                            + " without a restart)",
                    e.fact(),
                    e.hint());
        }
        return known;
    }

    private static Known read(Path file, @Nullable Stamp stamp) {
        if (stamp == null) {
            return new Known(null, Map.of());
        }
        var holders = new HashMap<String, Holder>();
        int number = 0;
        for (String line : OwnerFile.readSecret(file).lines().toList()) {
            number++;
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            Matcher parts = LINE.matcher(line.strip());
            if (!parts.matches()) {
                throw new DamagedTokensException(
                        "line " + number + " of " + file + " is no token's name, role and hash");
            }
            holders.put(
                    parts.group(3),
                    new Holder(parts.group(1), Role.of(parts.group(2)).orElseThrow()));
        }
        return new Known(stamp, Map.copyOf(holders));
    }

    private static @Nullable Stamp stamp(Path file) {
        try {
            Map<String, Object> times = Files.readAttributes(file, "unix:lastModifiedTime,ctime");
            return new Stamp(
                    Objects.requireNonNull(times.get("lastModifiedTime")),
                    Objects.requireNonNull(times.get("ctime")));
        } catch (IOException e) {
            return null;
        }
    }

    private static String hash(String token) {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256")
                                    .digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
