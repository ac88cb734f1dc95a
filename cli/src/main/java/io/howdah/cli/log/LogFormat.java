package io.howdah.cli.log;

/// What a log's lines look like.
public enum LogFormat {
    /// One readable line for each event.
    TEXT,
    /// One JSON object for each event, on a line of its own.
    JSON
}
