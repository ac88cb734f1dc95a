package io.howdah.node.beside;

import io.howdah.postgres.process.ProcessFile;
import io.howdah.postgres.process.ProcessGrip;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a process beside a node does at its start.
public final class BesideProcess {

    private static final Path OUT_OF_MEMORY_SCORE = Path.of("/proc/self/oom_score_adj");
    private static final Logger LOG = LoggerFactory.getLogger(BesideProcess.class);

    private BesideProcess() {}

    /// Becomes the one of its kind beside the node. The agent and PostgreSQL are spared by the
    /// system when memory runs out (`OOMScoreAdjust`); from now on this process is not.
    ///
    /// @param fingerprint what it does: [#fingerprint]
    /// @return empty where another one runs
    /// @throws IOException when that cannot be written down
    public static Optional<ProcessFile.Claim> claim(BesideFiles files, String fingerprint)
            throws IOException {
        return claim(files, files.process(), fingerprint);
    }

    /// Becomes the one that takes the place of whoever serves beside the node, or that place when
    /// it is empty. The same holds as for [#claim].
    ///
    /// @return empty where another one is coming, or one that does the same serves already
    /// @throws IOException when that cannot be written down
    public static Optional<BesideArrival> come(BesideFiles files, String fingerprint)
            throws IOException {
        Optional<ProcessFile.Claim> claim = claim(files, files.coming(), fingerprint);
        if (claim.isPresent() && isServed(files, fingerprint)) {
            claim.get().close();
            return Optional.empty();
        }
        return claim.map(taken -> new BesideArrival(files, taken));
    }

    private static boolean isServed(BesideFiles files, String fingerprint) {
        Optional<ProcessGrip> serving = files.running();
        serving.ifPresent(ProcessGrip::close);
        return serving.isPresent() && files.process().remark().equals(fingerprint);
    }

    private static Optional<ProcessFile.Claim> claim(
            BesideFiles files, ProcessFile place, String fingerprint) throws IOException {
        try (ProcessGrip self = ProcessGrip.on(ProcessHandle.current().pid()).orElseThrow()) {
            files.prepare();
            Optional<ProcessFile.Claim> claim = place.claim(self, fingerprint);
            if (claim.isPresent()) {
                offerItself();
            }
            return claim;
        }
    }

    private static void offerItself() {
        try {
            if (Files.readString(OUT_OF_MEMORY_SCORE).strip().startsWith("-")) {
                Files.writeString(OUT_OF_MEMORY_SCORE, "0");
            }
        } catch (IOException e) {
            LOG.debug("the score for the out-of-memory killer stays: {}", e.getMessage());
        }
    }

    /// Tells processes apart that would do something else, or were started from another version.
    ///
    /// @param version of Howdah
    /// @param settings all that the process is told
    public static String fingerprint(String version, String settings) {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest((version + settings).getBytes(StandardCharsets.UTF_8));
            return version + " " + HexFormat.of().formatHex(hash, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
