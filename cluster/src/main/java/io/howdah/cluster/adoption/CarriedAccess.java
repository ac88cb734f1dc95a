package io.howdah.cluster.adoption;

import io.howdah.postgres.HostBasedAccess;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Which lines of the former server's `pg_hba.conf` the cluster keeps. Pure.
///
/// The first line that matches decides, so they stay in their order, behind those of howdah.yaml,
/// and nobody may get in more easily than before. Passwords are proven by SCRAM from now on, as
/// PostgreSQL does for `md5` where the password's verifier is one of SCRAM; so is it where no
/// password was asked for. What Howdah does not offer turns away whoever it matches: the lines that
/// follow were not meant for them.
///
/// @param kept the lines that the cluster has from them
/// @param changed lines that are kept by another method, each with what becomes of it
/// @param dropped lines that cannot be kept in any form
record CarriedAccess(List<String> kept, List<String> changed, List<String> dropped) {

    private static final String SCRAM = "scram-sha-256";
    private static final String REJECT = "reject";

    /// Methods that a password replaces.
    private static final Set<String> BY_PASSWORD = Set.of("md5", "password", "trust");

    CarriedAccess {
        kept = List.copyOf(kept);
        changed = List.copyOf(changed);
        dropped = List.copyOf(dropped);
    }

    /// Chooses.
    ///
    /// @param former the former server's lines
    /// @param chosen `postgres.access` of howdah.yaml
    static CarriedAccess of(List<FormerAccess> former, List<String> chosen) {
        List<String> known = chosen.stream().map(CarriedAccess::plain).toList();
        var kept = new ArrayList<String>();
        var changed = new ArrayList<String>();
        var dropped = new ArrayList<String>();
        for (FormerAccess line : former) {
            String method = method(line);
            String ours = line.by(method);
            if (HostBasedAccess.refusal(ours).isPresent()) {
                dropped.add(line.text());
                continue;
            }
            if (!method.equals(line.method())) {
                changed.add(line.text() + " (" + method + ")");
            }
            if (!known.contains(plain(ours)) && !kept.contains(ours)) {
                kept.add(ours);
            }
        }
        return new CarriedAccess(kept, changed, dropped);
    }

    /// `cert` is none of them: certificates are believed from the cluster's own authority from now
    /// on, which names nodes and operators, not roles of the database.
    private static String method(FormerAccess line) {
        return switch (line.method()) {
            case SCRAM, REJECT -> line.method();
            case String method when BY_PASSWORD.contains(method) -> SCRAM;
            default -> REJECT;
        };
    }

    private static String plain(String line) {
        return line.strip().replaceAll("\\s+", " ");
    }

    /// What the operator ought to know; empty when all is as before.
    Optional<String> remark() {
        return changed.isEmpty() && dropped.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        "of pg_hba.conf"
                                + (changed.isEmpty()
                                        ? ""
                                        : " these lines are kept by another method: "
                                                + String.join("; ", changed))
                                + (dropped.isEmpty()
                                        ? ""
                                        : (changed.isEmpty() ? "" : "; and")
                                                + " these are not kept: "
                                                + String.join("; ", dropped))
                                + "; `howdah config edit` changes them later");
    }
}
