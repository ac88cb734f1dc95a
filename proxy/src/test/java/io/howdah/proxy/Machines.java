package io.howdah.proxy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/// Three machines, each a network namespace: the proxy's, with a wire to the server's and one to
/// the clients'. Nothing of it is seen outside. Only root may make them. For one thread.
final class Machines implements AutoCloseable {

    static final String PROXY = "proxy";
    static final String SERVER = "server";
    static final String CLIENT = "client";

    private static final List<String> ALL = List.of(PROXY, SERVER, CLIENT);
    private static final String NETWORK = "198.18.";

    /// As `howdah demo --hosts` names its own: what a killed process left is known by its number.
    private static final String PREFIX = "howdah-";

    private static final Path FOLDER = Path.of("/run/netns");

    private static final int NEW_NETWORK = 0x40000000;
    private static final int READ_ONLY = 0;

    private static final MethodHandle OPEN =
            find(
                    "open",
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
                    Linker.Option.firstVariadicArg(2));
    private static final MethodHandle SET_NAMESPACE =
            find(
                    "setns",
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    private static final MethodHandle CLOSE =
            find("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

    private Machines() {}

    @SuppressWarnings("restricted")
    private static MethodHandle find(
            String name, FunctionDescriptor descriptor, Linker.Option... options) {
        return Linker.nativeLinker()
                .downcallHandle(
                        Linker.nativeLinker().defaultLookup().findOrThrow(name),
                        descriptor,
                        options);
    }

    /// Makes them; where that cannot be, the test ends as skipped, and says why. What killed
    /// processes left is removed first.
    static Machines make() {
        if (!"root".equals(System.getProperty("user.name"))) {
            skip("only root may make network namespaces");
        }
        removeLeftovers();
        var machines = new Machines();
        try {
            machines.build();
        } catch (IllegalStateException | UncheckedIOException e) {
            machines.close();
            skip("it needs iproute2, nftables and a kernel with veth: " + e.getMessage());
        }
        return machines;
    }

    private static void skip(String why) {
        System.out.println("SKIPPED: machines that vanish are not tested: " + why);
        Assumptions.abort(why);
    }

    private void build() {
        for (String machine : ALL) {
            run("ip", "netns", "add", name(machine));
            inside(machine, "ip", "link", "set", "dev", "lo", "up");
        }
        for (String machine : List.of(SERVER, CLIENT)) {
            inside(
                    PROXY,
                    "ip",
                    "link",
                    "add",
                    machine,
                    "type",
                    "veth",
                    "peer",
                    "name",
                    "eth0",
                    "netns",
                    name(machine));
            inside(PROXY, "ip", "address", "add", proxyAddress(machine) + "/24", "dev", machine);
            inside(machine, "ip", "address", "add", address(machine) + "/24", "dev", "eth0");
            inside(machine, "ip", "link", "set", "dev", "eth0", "up");
            plug(machine);
            vanish(machine);
            comeBack(machine);
        }
    }

    private static String name(String machine) {
        return PREFIX + ProcessHandle.current().pid() + "-" + machine;
    }

    /// The server's, or the clients' machine.
    static String address(String machine) {
        return NETWORK + ALL.indexOf(machine) + ".2";
    }

    /// Of the proxy's machine, as that one sees it.
    static String proxyAddress(String machine) {
        return NETWORK + ALL.indexOf(machine) + ".1";
    }

    /// From now on no packet leaves it or reaches it, and nobody is told.
    void vanish(String machine) {
        rules(
                machine,
                """
                table inet vanished {
                  chain in { type filter hook input priority 0; iifname != "lo" drop; }
                  chain out { type filter hook output priority 0; oifname != "lo" drop; }
                }
                """);
    }

    void comeBack(String machine) {
        rules(machine, "");
    }

    private static void rules(String machine, String rules) {
        run(
                List.of("nsenter", "--net=" + file(machine), "--", "nft", "-f", "-"),
                "flush ruleset\n" + rules);
    }

    /// The proxy's machine loses its own link to that one: it has no way to it any more.
    void unplug(String machine) {
        inside(PROXY, "ip", "link", "set", "dev", machine, "down");
    }

    void plug(String machine) {
        inside(PROXY, "ip", "link", "set", "dev", machine, "up");
    }

    /// Does something on that machine: sockets made by it, also by threads and programs that it
    /// starts, are there for good.
    <T> T on(String machine, Callable<T> work) {
        var task = new FutureTask<>(work);
        Thread.ofPlatform()
                .name("on " + machine)
                .daemon()
                .start(() -> {
                    enter(file(machine));
                    task.run();
                });
        try {
            return task.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("on " + machine, e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static void enter(Path namespace) {
        try (Arena arena = Arena.ofConfined()) {
            int descriptor =
                    (int) OPEN.invokeExact(arena.allocateFrom(namespace.toString()), READ_ONLY);
            int failed = (int) SET_NAMESPACE.invokeExact(descriptor, NEW_NETWORK);
            int _ = (int) CLOSE.invokeExact(descriptor);
            if (failed != 0) {
                throw new IllegalStateException("cannot enter " + namespace);
            }
        } catch (RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("setns failed", e);
        }
    }

    private static Path file(String machine) {
        return FOLDER.resolve(name(machine));
    }

    private static void inside(String machine, String... command) {
        run(
                Stream.concat(
                                Stream.of("nsenter", "--net=" + file(machine), "--"),
                                Stream.of(command))
                        .toList(),
                "");
    }

    private static void run(String... command) {
        run(List.of(command), "");
    }

    private static String run(List<String> command, String input) {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            try (var out = process.getOutputStream()) {
                out.write(input.getBytes(StandardCharsets.UTF_8));
            }
            String said =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(String.join(" ", command) + ": " + said.strip());
            }
            return said;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static void removeLeftovers() {
        if (!Files.isDirectory(FOLDER)) {
            return;
        }
        try (Stream<Path> files = Files.list(FOLDER)) {
            files.map(file -> file.getFileName().toString())
                    .filter(Machines::isLeftover)
                    .forEach(Machines::remove);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isLeftover(String namespace) {
        String[] parts = namespace.split("-", 3);
        return parts.length == 3
                && (parts[0] + "-").equals(PREFIX)
                && ALL.contains(parts[2])
                && parts[1].matches("[0-9]{1,9}")
                && ProcessHandle.of(Long.parseLong(parts[1])).isEmpty();
    }

    /// With all that runs in it.
    private static void remove(String namespace) {
        run(List.of("ip", "netns", "pids", namespace), "")
                .lines()
                .map(Long::valueOf)
                .flatMap(pid -> ProcessHandle.of(pid).stream())
                .forEach(ProcessHandle::destroyForcibly);
        run("ip", "netns", "delete", namespace);
    }

    @Override
    public void close() {
        ALL.stream()
                .filter(machine -> Files.exists(file(machine)))
                .forEach(machine -> remove(name(machine)));
    }
}
