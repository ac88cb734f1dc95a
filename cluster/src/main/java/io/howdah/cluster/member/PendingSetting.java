package io.howdah.cluster.member;

/// A setting whose new value comes into force at a restart only. Immutable.
///
/// @param name the setting
/// @param running the value in force
/// @param configured the value in the configuration files; empty where they no longer set it
public record PendingSetting(String name, String running, String configured) {}
