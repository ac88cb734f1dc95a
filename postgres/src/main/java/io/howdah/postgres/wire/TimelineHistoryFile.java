package io.howdah.postgres.wire;

import io.howdah.postgres.TimelineHistory;

/// A timeline history file as the server keeps it. Immutable.
///
/// @param fileName as in `00000003.history`
/// @param content the file's text, empty for timeline 1, which has no file
/// @param history what the text says
public record TimelineHistoryFile(String fileName, String content, TimelineHistory history) {}
