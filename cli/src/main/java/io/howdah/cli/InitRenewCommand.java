package io.howdah.cli;

import io.howdah.cli.init.Made;
import io.howdah.cli.init.Renewal;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `howdah init renew`.
@Command(
        name = "renew",
        description = {
            "Renew all certificates in a cluster's directory, for the keys they have.",
            "A node takes up its new certificate without a restart."
        },
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  howdah init renew --authority orders"})
final class InitRenewCommand implements Callable<Integer> {

    @Mixin private InitOptions.Authority authority = new InitOptions.Authority();

    @Mixin private MadeOutput made = new MadeOutput();

    InitRenewCommand() {}

    @Override
    public Integer call() {
        var lines = new ArrayList<String>();
        lines.add("renewed; copy each to where its key is:");
        List<Path> renewed = new Renewal(authority.cluster()).renew(Instant.now());
        renewed.forEach(file -> lines.add("  " + file));
        made.print(new Made.Renewed(renewed.stream().map(Path::toString).toList()), lines);
        return 0;
    }
}
