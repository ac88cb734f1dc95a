package io.howdah.cli.host;

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
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A network namespace with a name, as `ip netns` keeps them; there or not. Immutable.
///
/// @param name `howdah-<owner>-<host>`, so that nobody else has it; an owner that is a number is
///   the process that made it, and what a killed one left is known by that
record Namespace(String name) {

    private static final String PREFIX = "howdah-";
    private static final Path ALL = Path.of("/run/netns");

    private static final int NETWORK = 0x40000000;
    private static final int READ_ONLY = 0;

    private static final long KILL_SECONDS = 30;
    private static final long LOOK_MILLIS = 20;

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

    static Namespace of(String owner, String host) {
        return new Namespace(PREFIX + owner + "-" + host);
    }

    void make() {
        Tool.run("ip", "netns", "add", name);
    }

    boolean exists() {
        return Files.exists(file());
    }

    private Path file() {
        return ALL.resolve(name);
    }

    /// Removes those whose process is gone, with all that runs in them.
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
    ///
    /// @throws IllegalStateException when something in it does not end
    void remove() {
        long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(KILL_SECONDS);
        List<String> pids = residents();
        while (!pids.isEmpty()) {
            if (System.nanoTime() > deadlineNanos) {
                throw new IllegalStateException(
                        "processes in the namespace %s do not end: %s".formatted(name, pids));
            }
            pids.forEach(pid ->
                    ProcessHandle.of(Long.parseLong(pid))
                            .ifPresent(ProcessHandle::destroyForcibly));
            Tool.pause(LOOK_MILLIS);
            pids = residents();
        }
        Tool.run("ip", "netns", "delete", name);
    }

    private List<String> residents() {
        return Tool.run("ip", "netns", "pids", name).lines().toList();
    }

    /// What runs a program in it. It changes nothing but the network: `ip netns exec` would also
    /// give each program mounts of its own.
    List<String> command(String... command) {
        var all = new ArrayList<>(List.of("nsenter", "--net=" + file(), "--"));
        all.addAll(Arrays.asList(command));
        return all;
    }

    /// Moves the calling thread into it, for good: the sockets that it makes from now on are here,
    /// and those of threads that it starts. Only for a platform thread that ends afterwards.
    void enter() {
        try (Arena arena = Arena.ofConfined()) {
            int descriptor =
                    (int) OPEN.invokeExact(arena.allocateFrom(file().toString()), READ_ONLY);
            int failed = (int) SET_NAMESPACE.invokeExact(descriptor, NETWORK);
            int _ = (int) CLOSE.invokeExact(descriptor);
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
