package io.howdah.cli;

import io.howdah.cli.init.ClusterDirectory;
import io.howdah.cli.init.Made;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `howdah init token`.
@Command(
        name = "token",
        description = {
            "Make a bearer token for whatever cannot show a certificate.",
            "The nodes keep its hash only; the token itself lies with its holder."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example:",
            "  howdah init token --authority orders --name prometheus --role read"
        })
final class InitTokenCommand implements Callable<Integer> {

    @Mixin private InitOptions.Authority authority = new InitOptions.Authority();

    @Mixin private InitOptions.Holder holder = new InitOptions.Holder();

    @Mixin private MadeOutput made = new MadeOutput();

    InitTokenCommand() {}

    @Override
    public Integer call() {
        ClusterDirectory directory = authority.cluster();
        Path output = holder.output(directory);
        List<Path> listed = directory.writeToken(holder.name(), holder.role(), output);
        var lines = new ArrayList<String>();
        lines.add(
                holder.name()
                        + " may "
                        + holder.role().text()
                        + " with the token in "
                        + output.resolve("token"));
        lines.add("copy each to its node, which takes it up without a restart:");
        listed.forEach(file -> lines.add("  " + file));
        made.print(
                new Made.Token(
                        holder.name(),
                        holder.role().text(),
                        output.resolve("token").toString(),
                        listed.stream().map(Path::toString).toList()),
                lines);
        return 0;
    }
}
