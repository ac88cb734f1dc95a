package io.howdah.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/// Loopback ports for servers under test. A port got by binding port 0 comes from the range that
/// the kernel takes for outgoing connections, too: any connection on the machine may hold it by the
/// time a server wants it, above all when the server is restarted. These lie below that range, and
/// no two calls of one test run name the same: not in one process, and not in those that the build
/// runs side by side, each of which has a share of its own. Thread-safe.
public final class FreePorts {

    private static final int SHARES = 4;
    private static final int SHARE = 5_500;

    /// The lowest of this process's share; the build numbers its test processes from 1. Linux takes
    /// outgoing ports from 32768 on (`ip_local_port_range`), so the last share ends below that.
    private static final int LOWEST =
            10_000 + Integer.getInteger("howdah.test.process", 1) % SHARES * SHARE;

    private static final int HIGHEST = LOWEST + SHARE;

    private static final int ATTEMPTS = 1_000;

    private static final Set<Integer> GIVEN = new HashSet<>();

    private FreePorts() {}

    /// A port that nobody listens on.
    ///
    /// @throws AssertionError when none is found in a thousand attempts
    public static int one() {
        return block(1);
    }

    /// The first of `length` ports in a row that nobody listens on.
    ///
    /// @param length 1 to 1000
    /// @throws AssertionError when none is found in a thousand attempts
    public static synchronized int block(int length) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int first = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST - length);
            if (IntStream.range(first, first + length).allMatch(FreePorts::isFree)) {
                IntStream.range(first, first + length).forEach(GIVEN::add);
                return first;
            }
        }
        throw new AssertionError("no " + length + " free ports in a row");
    }

    private static boolean isFree(int port) {
        if (GIVEN.contains(port)) {
            return false;
        }
        try (var _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
