package io.howdah.postgres.process;

import io.howdah.postgres.PostgresException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// A watchdog of the kernel's. As long as it runs, from its opening until it is stopped, the
/// machine is reset when it was not fed for its time-out: whatever becomes of this process
/// meanwhile. For one thread; nothing here waits.
public final class WatchdogDevice implements AutoCloseable {

    /// Without it the kernel takes the end of its process for an accident.
    private static final byte[] MAGIC_CLOSE = "V".getBytes(StandardCharsets.US_ASCII);

    private static final byte[] FOOD = {0};

    private final Path device;
    private final int descriptor;
    private final String identity;

    private WatchdogDevice(Path device, int descriptor, String identity) {
        this.device = device;
        this.descriptor = descriptor;
        this.identity = identity;
    }

    /// Starts it.
    ///
    /// @param timeoutSeconds after how long without food the machine is reset; 1 and above
    /// @throws PostgresException when it cannot be opened, is none, or has another time-out. One
    ///   that cannot be stopped then resets the machine
    public static WatchdogDevice open(Path device, int timeoutSeconds) {
        if (!Files.exists(device)) {
            throw new PostgresException(
                    "there is no watchdog " + device,
                    "load its module, such as softdog, or correct `watchdog.device`");
        }
        int descriptor = PipeCalls.open(device, PipeCalls.WRITE_ONLY);
        if (descriptor == -WatchdogCalls.BUSY) {
            throw new PostgresException(
                    "somebody else feeds the watchdog " + device,
                    "a watchdog has one owner: take it from systemd (RuntimeWatchdogSec=) or from the watchdog daemon, or name another one");
        }
        if (descriptor < 0) {
            throw new PostgresException(
                    "cannot open the watchdog " + device + " (error " + -descriptor + ")",
                    "give it to the user that runs Howdah, by a udev rule: see docs/install.md");
        }
        String identity = WatchdogCalls.identity(descriptor);
        if (identity.isEmpty()) {
            NativeCalls.close(descriptor);
            throw new PostgresException(device + " is no watchdog", "correct `watchdog.device`");
        }
        var opened = new WatchdogDevice(device, descriptor, identity);
        opened.require(timeoutSeconds);
        return opened;
    }

    private void require(int timeoutSeconds) {
        feed();
        WatchdogCalls.setTimeout(descriptor, timeoutSeconds);
        int actual = WatchdogCalls.timeout(descriptor);
        if (actual != timeoutSeconds) {
            boolean _ = stop();
            throw new PostgresException(
                    "the watchdog %s (%s) waits for %s, not for the %d s that this lease asks for"
                            .formatted(
                                    device,
                                    identity,
                                    actual < 0 ? "a time that it does not tell" : actual + " s",
                                    timeoutSeconds),
                    "choose a lease of four times what it can, or another watchdog");
        }
    }

    /// What its driver calls itself.
    public String identity() {
        return identity;
    }

    /// Has it wait for its whole time-out again.
    ///
    /// @return whether it took that
    public boolean feed() {
        // not WDIOC_KEEPALIVE: that leaves a magic character standing that was written before, be
        // it to
        // stop it the last time, and with it the end of this process would stop the watchdog
        return PipeCalls.write(descriptor, FOOD) == FOOD.length;
    }

    /// Stops and closes it.
    ///
    /// @return whether it has stopped; if not (`nowayout`), it is open still, and has to be fed for
    ///   as long as the machine is to run
    public boolean stop() {
        if (WatchdogCalls.disable(descriptor) == -WatchdogCalls.BUSY) {
            return false;
        }
        PipeCalls.write(descriptor, MAGIC_CLOSE);
        close();
        return true;
    }

    /// Closes it. If it was not stopped, the machine is reset.
    @Override
    public void close() {
        NativeCalls.close(descriptor);
    }
}
