package io.howdah.backup.catalog;

/// A tablespace outside of the data directory. Immutable.
///
/// @param oid its number: the link `pg_tblspc/<oid>`
/// @param location where that link led, absolute
public record Tablespace(long oid, String location) {}
