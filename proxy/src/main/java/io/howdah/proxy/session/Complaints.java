package io.howdah.proxy.session;

import io.howdah.proxy.access.Caller;
import io.howdah.proxy.protocol.Complaint;
import io.howdah.proxy.settings.PoolMode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/// What clients are told by the proxy itself, in one place.
final class Complaints {

    private Complaints() {}

    static Complaint malformed(String problem) {
        return new Complaint("08P01", problem, "");
    }

    static Complaint wrongMessage(byte type, int length) {
        boolean letter = type > ' ' && type < 127;
        return new Complaint(
                "08P01",
                "invalid frontend message: type "
                        + (letter ? "'" + (char) type + "'" : type & 0xff)
                        + ", length "
                        + length,
                "");
    }

    static Complaint tooManyClients(int most) {
        return new Complaint(
                "53300",
                "sorry, too many clients already: " + most,
                "close connections that are not needed, or raise max-clients");
    }

    static Complaint tooManyClientsOf(String kind, String name, int most) {
        return new Complaint(
                "53300",
                "too many clients of the " + kind + " \"" + text(name) + "\": " + most,
                "close connections that are not needed, or raise the max-clients of this " + kind);
    }

    static Complaint unknownDatabase(String name) {
        return new Complaint(
                "3D000",
                "database \"" + text(name) + "\" is not one that this proxy leads to",
                "name it under 'databases' in the proxy's configuration");
    }

    static Complaint noUser() {
        return new Complaint("28000", "no PostgreSQL user name specified in startup packet", "");
    }

    static Complaint wrongPassword(String user) {
        return new Complaint(
                "28P01",
                "password authentication failed for user \"" + text(user) + "\"",
                "check the role's name and password; one that is stored as md5 is of no use here: set"
                        + " password_encryption = 'scram-sha-256' and the password anew (the proxy's"
                        + " log says which role it is)");
    }

    static Complaint noRule(Caller caller) {
        return new Complaint(
                "28000",
                "no access rule of the proxy is for " + description(caller),
                "add a line to 'access' in the proxy's configuration");
    }

    static Complaint rejected(Caller caller) {
        return new Complaint(
                "28000",
                "an access rule of the proxy rejects " + description(caller),
                "see 'access' in the proxy's configuration");
    }

    private static String description(Caller caller) {
        return "host \""
                + caller.address().getHostAddress()
                + "\", user \""
                + text(caller.user())
                + "\", database \""
                + text(caller.database())
                + "\", "
                + (caller.encrypted() ? "TLS" : "no encryption");
    }

    static Complaint notEncrypted() {
        return new Complaint(
                "28000",
                "the connection is not encrypted, and this proxy takes no other",
                "use sslmode=require, or better verify-full");
    }

    static Complaint noCertificate() {
        return new Complaint(
                "28000",
                "connection requires a valid client certificate",
                "name one with sslcert and sslkey");
    }

    static Complaint wrongCertificate(String user) {
        return new Complaint(
                "28000",
                "certificate authentication failed for user \"" + text(user) + "\"",
                "the certificate's common name has to be the role's name");
    }

    static Complaint lookupFailed() {
        return new Complaint(
                "58000",
                "the proxy cannot find out how passwords are checked",
                "see the proxy's log");
    }

    /// What a client sent, as text; a complaint is written as UTF-8.
    private static String text(String name) {
        return new String(name.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    static Complaint malformedReplication(Map<String, String> parameters) {
        return new Complaint(
                "22023",
                "invalid value for parameter \"replication\": \""
                        + text(parameters.getOrDefault("replication", ""))
                        + "\"",
                "valid values are \"false\", 0, \"true\", 1, \"database\"");
    }

    static Complaint replicationInPool(PoolMode mode) {
        return new Complaint(
                "0A000",
                "a replication connection cannot be shared, and this database is in mode "
                        + mode.name().toLowerCase(Locale.ROOT),
                "use a database with 'mode: session' in the proxy's configuration, or connect to"
                        + " the PostgreSQL server itself");
    }

    static Complaint queryWait(Duration waited, String problem) {
        return new Complaint(
                "08006",
                "no server connection became free within "
                        + text(waited)
                        + (problem.isEmpty() ? "" : "; the last attempt to open one: " + problem),
                problem.isEmpty()
                        ? "raise pool-size, or look for transactions that take long"
                        : "look at the server and at its address in the proxy's configuration");
    }

    static Complaint noPrimary(Duration waited, String problem) {
        return new Complaint(
                "08006",
                "nobody could be asked to write within " + text(waited) + ": " + problem,
                "see `howdah status` on one of its nodes");
    }

    static Complaint stillWaiting(Duration waited) {
        return new Complaint(
                "01000",
                "no server connection has become free for " + text(waited) + "; still waiting",
                "");
    }

    static Complaint queryCancelled(Duration bound) {
        return new Complaint(
                "01000",
                "the request has run for " + text(bound) + " and is cancelled by the proxy",
                "make it faster, or raise timeouts.query in the proxy's configuration");
    }

    static Complaint queryTimeout(Duration bound) {
        return new Complaint(
                "57014",
                "the request ran for " + text(bound) + " and did not end when it was cancelled",
                "look at the server; whether the request took effect is not known");
    }

    static Complaint transactionTimeout(Duration bound) {
        return new Complaint(
                "25P04",
                "the transaction was not ended within " + text(bound),
                "make it shorter, or raise timeouts.transaction in the proxy's configuration");
    }

    static Complaint idleInTransaction(Duration bound) {
        return new Complaint(
                "25P03",
                "the client held a server connection and asked nothing for " + text(bound),
                "end transactions sooner, or raise idle-in-transaction");
    }

    static Complaint takesNothing(Duration bound) {
        return new Complaint(
                "53200",
                "the client has taken nothing of its answer for "
                        + text(bound)
                        + ", and there is no more memory for such answers",
                "have clients read what they ask for, or give the proxy more memory"
                        + " (-XX:MaxDirectMemorySize in proxy.options)");
    }

    static Complaint clientIdle(Duration bound) {
        return new Complaint(
                "57P05",
                "the client was idle for " + text(bound),
                "connect again, or raise client-idle");
    }

    static Complaint clientLogin(Duration bound, String problem) {
        return new Complaint(
                "08006",
                "the login was not done within "
                        + text(bound)
                        + (problem.isEmpty()
                                ? ""
                                : "; the last attempt to reach the server: " + problem),
                "look at the server and at its address in the proxy's configuration");
    }

    static Complaint serverGone() {
        return new Complaint(
                "08006",
                "the server closed its connection unexpectedly",
                "see the server's log; whether the last statement took effect is not known");
    }

    static Complaint serverVanished(String how) {
        return new Complaint(
                "08006",
                "the connection to the server is lost: its machine " + how,
                "look at that machine and at the network to it; whether the last statement took"
                        + " effect is not known");
    }

    /// How it shows that a machine is gone where something is sent to it.
    static String silence(Duration bound) {
        return "has acknowledged nothing for " + text(bound);
    }

    /// How it shows where the system has found that out.
    static String noAnswer() {
        return "does not answer any more";
    }

    static Complaint notPrimary() {
        return new Complaint(
                "57P01",
                "terminating connection: the server is not the cluster's primary any more",
                "connect again; whether the last statement took effect is not known");
    }

    /// What keeps clients waiting.
    static String noPrimary(long epoch) {
        return epoch == 0
                ? "it is not known yet who leads the cluster"
                : "the cluster has no primary (epoch " + epoch + " is the newest known)";
    }

    static Complaint doubt() {
        return new Complaint(
                "08P01",
                "the server's replies do not belong to what was asked; its connection was closed",
                "report this with the statements that led to it");
    }

    static Complaint syncAmongData() {
        return new Complaint(
                "08P01",
                "a COPY has failed with a Sync among its data, which PostgreSQL answers or not, depending"
                        + " on which of them was wrong; the connection was closed",
                "send Sync behind CopyDone or CopyFail only");
    }

    static Complaint ownFault() {
        return new Complaint(
                "XX000",
                "the proxy has closed the connection for a fault of its own",
                "report this with what the proxy's log says; whether the last statement took effect is"
                        + " not known");
    }

    static Complaint notPutBack(String reason) {
        return new Complaint(
                "08006",
                "the session's settings could not be put back on another server connection: "
                        + reason,
                "connect again");
    }

    static Complaint notPutBack(Duration bound) {
        return notPutBack("the server did not answer within " + bound.toMillis() + "ms");
    }

    static Complaint transactionInStatementMode() {
        return new Complaint(
                "0A000",
                "a transaction of several statements is not possible where a server connection is"
                        + " lent for one statement",
                "use 'mode: transaction' for this database");
    }

    static Complaint databaseGone() {
        return new Complaint(
                "57P01",
                "the proxy does not lead to this database any more",
                "see 'databases' in the proxy's configuration");
    }

    static Complaint stopping() {
        return new Complaint(
                "57P01", "terminating connection due to administrator command", "connect again");
    }

    private static String text(Duration duration) {
        return duration.toMillisPart() == 0
                ? duration.toSeconds() + "s"
                : duration.toMillis() + "ms";
    }
}
