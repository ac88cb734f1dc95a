package io.howdah.proxy.verifier;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.proxy.ProxyException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/// Any file of roles and verifiers is read or refused with the line that is wrong, and the message
/// repeats nothing of what stands in it.
public final class AuthFileFuzz {

    private static final Path FILE = Path.of("userlist.txt");

    private AuthFileFuzz() {}

    public static void fuzzerTestOneInput(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        Map<String, Knowledge> roles;
        try {
            roles = AuthFile.parse(FILE, text);
        } catch (ProxyException e) {
            assertThat(e.getMessage())
                    .matches(
                            "line \\d+ of userlist.txt is not a role and its verifier in quotes\n"
                                    + "HINT: .*");
            return;
        }
        roles.forEach((role, knowledge) -> {
            assertThat(knowledge.toString()).doesNotContain("SCRAM-SHA-256$");
            assertThat(text.replace("\"\"", "\"")).contains(role);
        });
    }
}
