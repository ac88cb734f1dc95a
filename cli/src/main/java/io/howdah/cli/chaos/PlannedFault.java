package io.howdah.cli.chaos;

import java.time.Duration;

/// One fault as the seed has it: whom it hits is a role, as nobody knows beforehand who plays it.
/// Immutable.
///
/// @param number from 1
/// @param kind what is done
/// @param primary whether to the primary, else to another node
/// @param which of the others: this modulo their number
/// @param length how long it lasts, if it does
/// @param pause from the fault before, or from when all was well again after it, until this one
/// @param patient whether all is to be well again before the next one comes
/// @param detail what else is left to chance, 0 or above: which other host, which direction
public record PlannedFault(
        int number,
        FaultKind kind,
        boolean primary,
        int which,
        Duration length,
        Duration pause,
        boolean patient,
        int detail) {}
