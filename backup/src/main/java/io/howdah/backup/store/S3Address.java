package io.howdah.backup.store;

import io.howdah.backup.BackupException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// A bucket, as an operator writes it: `s3://bucket/prefix`, with what is special about it behind a
/// question mark. No secret is part of it. Immutable.
///
/// @param bucket its name
/// @param prefix how all names in there begin: empty, or with a slash at the end
/// @param endpoint the server; empty for Amazon's own
/// @param region as the server calls it; empty for what the environment says
/// @param pathStyle whether the bucket is named in the path, not in the host's name
/// @param checksums whether every request bears a checksum of its own, which not every server knows
/// @param credentials a file as `~/.aws/credentials` is; empty for what the environment says
/// @param profile which section of it
public record S3Address(
        String bucket,
        String prefix,
        Optional<URI> endpoint,
        Optional<String> region,
        boolean pathStyle,
        boolean checksums,
        Optional<Path> credentials,
        String profile) {

    /// How such an address begins.
    static final String SCHEME = "s3://";

    private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");
    private static final List<String> KNOWN =
            List.of("endpoint", "region", "path-style", "checksums", "credentials", "profile");

    /// Reads an address.
    ///
    /// @throws BackupException when it is none
    static S3Address parse(String address) {
        String[] halves = address.substring(SCHEME.length()).split("\\?", 2);
        String[] place = halves[0].split("/", 2);
        String prefix = place.length < 2 ? "" : place[1].replaceAll("/+$", "");
        if (!BUCKET.matcher(place[0]).matches()) {
            throw refused(address, "'" + place[0] + "' is not the name of a bucket");
        }
        try {
            if (!prefix.isEmpty()) {
                ObjectName _ = new ObjectName(prefix);
            }
        } catch (IllegalArgumentException e) {
            throw refused(address, String.valueOf(e.getMessage()));
        }
        Map<String, String> special = special(address, halves.length < 2 ? "" : halves[1]);
        Optional<URI> endpoint =
                Optional.ofNullable(special.get("endpoint")).map(text -> endpoint(address, text));
        return new S3Address(
                place[0],
                prefix.isEmpty() ? "" : prefix + "/",
                endpoint,
                Optional.ofNullable(special.get("region")),
                flag(address, special, "path-style", endpoint.isPresent()),
                flag(address, special, "checksums", endpoint.isEmpty()),
                Optional.ofNullable(special.get("credentials")).map(Path::of),
                special.getOrDefault("profile", "default"));
    }

    private static Map<String, String> special(String address, String query) {
        var special = new HashMap<String, String>();
        for (String each : query.isEmpty() ? new String[0] : query.split("&", -1)) {
            String[] words = each.split("=", 2);
            if (words.length < 2 || !KNOWN.contains(words[0])) {
                throw refused(address, "'" + words[0] + "' is none of " + String.join(", ", KNOWN));
            }
            special.put(words[0], URLDecoder.decode(words[1], StandardCharsets.UTF_8));
        }
        return special;
    }

    private static URI endpoint(String address, String text) {
        try {
            URI uri = new URI(text);
            if (uri.getHost() != null && List.of("http", "https").contains(uri.getScheme())) {
                return uri;
            }
        } catch (URISyntaxException e) {
            throw refused(address, "'" + text + "' is no endpoint: " + e.getMessage());
        }
        throw refused(address, "'" + text + "' is no endpoint, as https://host:port is one");
    }

    private static boolean flag(
            String address, Map<String, String> special, String key, boolean otherwise) {
        return switch (special.getOrDefault(key, "" + otherwise).toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw refused(address, key + " is neither true nor false");
        };
    }

    private static BackupException refused(String address, String why) {
        return new BackupException(
                "'" + address + "' is no place for a repository: " + why,
                "write it as in s3://bucket/prefix?region=eu-central-1, or"
                        + " s3://bucket/prefix?endpoint=https://host:9000");
    }

    /// Which bucket it is: two servers may have one of the same name.
    String identity() {
        return endpoint.map(uri ->
                        this
                                + "?endpoint="
                                + uri.getScheme()
                                + "://"
                                + uri.getHost()
                                + (uri.getPort() < 0 ? "" : ":" + uri.getPort()))
                .orElseGet(this::toString);
    }

    /// Where it lies, without what is special about it.
    @Override
    public String toString() {
        return SCHEME + bucket + "/" + prefix;
    }
}
