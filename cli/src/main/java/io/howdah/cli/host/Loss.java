package io.howdah.cli.host;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Packets that the network loses in one direction, without a word to anybody. Immutable.
///
/// @param from the host that sends them
/// @param to the host that they do not reach
/// @param port only those of connections to that port, at either host; 0: all
/// @param percent how many of them, 1 to 100, at random
public record Loss(String from, String to, int port, int percent) {

    /// @throws IllegalArgumentException when a value is out of range
    public Loss {
        if (from.equals(to) || port < 0 || port > 65_535 || percent < 1 || percent > 100) {
            throw new IllegalArgumentException(
                    "no loss: %s to %s, port %d, %d %%".formatted(from, to, port, percent));
        }
    }

    /// All that one host sends to another.
    public static Loss oneWay(String from, String to) {
        return new Loss(from, to, 0, 100);
    }

    /// All between one host and each of the others.
    public static List<Loss> between(String host, List<String> others) {
        return others.stream()
                .flatMap(other -> Stream.of(oneWay(host, other), oneWay(other, host)))
                .toList();
    }

    /// All on that port between one host and each of the others.
    public static List<Loss> between(String host, List<String> others, int port) {
        return between(host, others).stream()
                .map(loss -> new Loss(loss.from, loss.to, port, loss.percent))
                .toList();
    }

    /// What nftables is told to lose all of these, and nothing else, on a bridge.
    static String rules(List<Loss> losses, Map<String, String> addresses) {
        return """
        table bridge howdah
        delete table bridge howdah
        table bridge howdah {
          chain forward {
            type filter hook forward priority 0; policy accept;
        %s  }
        }
        """
                .formatted(
                        losses.stream()
                                .flatMap(loss -> loss.lines(addresses))
                                .map(line -> "    " + line + "\n")
                                .collect(Collectors.joining()));
    }

    private Stream<String> lines(Map<String, String> addresses) {
        String hosts = "ip saddr %s ip daddr %s".formatted(addresses.get(from), addresses.get(to));
        String verdict = percent == 100 ? " drop" : " numgen random mod 100 < " + percent + " drop";
        return port == 0
                ? Stream.of(hosts + verdict)
                : Stream.of("sport", "dport")
                        .map(side -> hosts + " tcp " + side + " " + port + verdict);
    }
}
