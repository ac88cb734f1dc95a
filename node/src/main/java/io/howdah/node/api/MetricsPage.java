package io.howdah.node.api;

/// The answer to a scrape.
///
/// @param contentType of the format that was agreed on
/// @param text the metrics in that format
public record MetricsPage(String contentType, String text) {}
