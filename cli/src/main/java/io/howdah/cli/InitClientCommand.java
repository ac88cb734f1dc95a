package io.howdah.cli;

import io.howdah.cli.init.ClusterDirectory;
import io.howdah.cli.init.Made;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `howdah init client`.
@Command(
        name = "client",
        description = "Make the key and the certificate of somebody who asks the cluster.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example:",
            "  howdah init client --authority orders --name ann --role operate"
        })
final class InitClientCommand implements Callable<Integer> {

    @Mixin private InitOptions.Authority authority = new InitOptions.Authority();

    @Mixin private InitOptions.Holder holder = new InitOptions.Holder();

    @Mixin private InitOptions.Validity validity = new InitOptions.Validity();

    @Mixin private MadeOutput made = new MadeOutput();

    InitClientCommand() {}

    @Override
    public Integer call() {
        ClusterDirectory directory = authority.cluster();
        Path output = holder.output(directory);
        directory.writeClient(
                directory.authority(),
                directory.clusterName(),
                holder.name(),
                holder.role(),
                output,
                validity.life(),
                Instant.now());
        made.print(
                new Made.Client(holder.name(), holder.role().text(), output.toString()),
                List.of(
                        holder.name()
                                + " may "
                                + holder.role().text()
                                + " with --credentials "
                                + output));
        return 0;
    }
}
