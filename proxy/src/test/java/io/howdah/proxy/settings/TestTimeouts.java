package io.howdah.proxy.settings;

import java.time.Duration;

/// Bounds for a test: a minute for what must have one and none for anything else, unless said.
public final class TestTimeouts {

    private static final Duration LONG = Duration.ofMinutes(1);

    private Duration queryWait = LONG;
    private Duration queryWaitNotice = Duration.ZERO;
    private Duration query = Duration.ZERO;
    private Duration transaction = Duration.ZERO;
    private Duration idleInTransaction = Duration.ZERO;
    private Duration clientIdle = Duration.ZERO;
    private Duration clientLogin = LONG;
    private Duration serverConnect = LONG;
    private Duration serverLifetime = Duration.ZERO;
    private Duration serverIdle = Duration.ZERO;
    private Duration cancelWait = LONG;
    private Duration unreachable = LONG;

    public TestTimeouts queryWait(Duration bound) {
        queryWait = bound;
        return this;
    }

    public TestTimeouts queryWaitNotice(Duration bound) {
        queryWaitNotice = bound;
        return this;
    }

    public TestTimeouts query(Duration bound) {
        query = bound;
        return this;
    }

    public TestTimeouts transaction(Duration bound) {
        transaction = bound;
        return this;
    }

    public TestTimeouts idleInTransaction(Duration bound) {
        idleInTransaction = bound;
        return this;
    }

    public TestTimeouts clientIdle(Duration bound) {
        clientIdle = bound;
        return this;
    }

    public TestTimeouts clientLogin(Duration bound) {
        clientLogin = bound;
        return this;
    }

    public TestTimeouts serverConnect(Duration bound) {
        serverConnect = bound;
        return this;
    }

    public TestTimeouts serverLifetime(Duration bound) {
        serverLifetime = bound;
        return this;
    }

    public TestTimeouts serverIdle(Duration bound) {
        serverIdle = bound;
        return this;
    }

    public TestTimeouts cancelWait(Duration bound) {
        cancelWait = bound;
        return this;
    }

    public TestTimeouts unreachable(Duration bound) {
        unreachable = bound;
        return this;
    }

    public Timeouts build() {
        return new Timeouts(
                queryWait,
                queryWaitNotice,
                query,
                transaction,
                idleInTransaction,
                clientIdle,
                clientLogin,
                serverConnect,
                serverLifetime,
                serverIdle,
                cancelWait,
                unreachable);
    }
}
