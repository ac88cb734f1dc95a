package io.howdah.cli.network;

import io.howdah.testing.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/// A network namespace with a name, as `ip netns` keeps them. Immutable.
///
/// @param name `howdah-<pid of the test>-<host>`, so that nobody else has it, and what a killed run
///   left is known as such
record Namespace(String name) {

    private static final String PREFIX = "howdah-";
    private static final Path ALL = Path.of("/run/netns");

    private static final int NETWORK = 0x40000000;
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

    @SuppressWarnings("restricted")
    private static MethodHandle find(
            String name, FunctionDescriptor descriptor, Linker.Option... options) {
        return Linker.nativeLinker()
                .downcallHandle(
                        Linker.nativeLinker().defaultLookup().findOrThrow(name),
                        descriptor,
                        options);
    }

    /// Makes one for this process.
    static Namespace make(String host) {
        var made = new Namespace(PREFIX + ProcessHandle.current().pid() + "-" + host);
        Tool.run("ip", "netns", "add", made.name);
        return made;
    }

    /// Removes those whose test process is gone, with all that runs in them.
    static void removeLeftovers() {
        if (!Files.isDirectory(ALL)) {
            return;
        }
        try (Stream<Path> files = Files.list(ALL)) {
            files.map(file -> new Namespace(file.getFileName().toString()))
                    .filter(Namespace::isLeftover)
                    .toList()
                    .forEach(Namespace::remove);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean isLeftover() {
        String[] parts = name.split("-", 3);
        return name.startsWith(PREFIX)
                && parts.length == 3
                && parts[1].matches("[0-9]{1,9}")
                && ProcessHandle.of(Long.parseLong(parts[1])).isEmpty();
    }

    /// Ends (SIGKILL) whatever runs in it and removes it. Threads of this process must have left.
    void remove() {
        Await.until(
                "nothing runs in " + name,
                () -> {
                    List<String> pids = Tool.run("ip", "netns", "pids", name).lines().toList();
                    pids.forEach(pid ->
                            ProcessHandle.of(Long.parseLong(pid))
                                    .ifPresent(ProcessHandle::destroyForcibly));
                    return pids.isEmpty();
                });
        Tool.run("ip", "netns", "delete", name);
    }

    /// What runs a program in it. It changes nothing but the network: `ip netns exec` would also
    /// give each program mounts of its own.
    List<String> command(String... command) {
        var all = new ArrayList<>(List.of("nsenter", "--net=" + ALL.resolve(name), "--"));
        all.addAll(Arrays.asList(command));
        return all;
    }

    /// Moves the calling thread into it, for good: the sockets that it makes from now on are here.
    /// Only for a platform thread that ends afterwards.
    void enter() {
        try (Arena arena = Arena.ofConfined()) {
            int file =
                    (int)
                            OPEN.invokeExact(
                                    arena.allocateFrom(ALL.resolve(name).toString()), READ_ONLY);
            int failed = (int) SET_NAMESPACE.invokeExact(file, NETWORK);
            int _ = (int) CLOSE.invokeExact(file);
            if (failed != 0) {
                throw new IllegalStateException("cannot enter the namespace " + name);
            }
        } catch (RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("setns failed", e);
        }
    }
}
