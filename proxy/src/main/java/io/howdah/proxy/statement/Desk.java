package io.howdah.proxy.statement;

import io.howdah.proxy.exchange.Exchange;

/// The server connection that a client works with at the moment.
public interface Desk {

    /// What goes on there.
    Exchange exchange();

    /// What is prepared there.
    ServerStatements statements();

    /// What the session's settings are, as far as was heard.
    ParsingSettings parsingSettings();
}
