package io.howdah.cluster.state;

/// Nothing is done automatically until somebody resumes: nobody is elected, nothing is started,
/// stopped or copied, and no primary is fenced. Immutable.
///
/// @param by who asked for it
/// @param why the reason given; may be empty
/// @param atMillis wall clock at the node that was asked; shown only
public record Pause(String by, String why, long atMillis) {}
