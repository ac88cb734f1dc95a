package io.howdah.postgres.wire;

/// An error that the server reported. The connection stays usable, unless the severity is `FATAL`
/// or `PANIC`: then the server has ended it.
public final class PostgresServerException extends WireException {

    private final transient ServerMessage report;

    PostgresServerException(ServerMessage report) {
        super(describe(report), null);
        this.report = report;
    }

    /// Everything that the server said.
    public ServerMessage report() {
        return report;
    }

    /// The five-character error code, as in `42P01`; empty when the server sent none.
    public String sqlState() {
        return report.sqlState();
    }

    private static String describe(ServerMessage report) {
        StringBuilder text = new StringBuilder(report.message());
        text.append(" (SQLSTATE ").append(report.sqlState()).append(')');
        if (!report.detail().isEmpty()) {
            text.append("\nDETAIL: ").append(report.detail());
        }
        if (!report.hint().isEmpty()) {
            text.append("\nHINT: ").append(report.hint());
        }
        return text.toString();
    }
}
