package io.howdah.cluster.adoption;

/// A setting that the former server has from its files or its command line.
///
/// @param name in lower case
/// @param value as PostgreSQL shows it, with its unit
/// @param builtIn whether PostgreSQL has that value by itself
public record FormerSetting(String name, String value, boolean builtIn) {}
