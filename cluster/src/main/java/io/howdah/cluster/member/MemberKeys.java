package io.howdah.cluster.member;

import java.nio.file.Path;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

/// What this node proves itself with, and believes others by: PEM files, which may be replaced at
/// any time, and the same for connections of our own.
///
/// @param certificate the node's certificate, and any between it and the authority
/// @param key the node's private key
/// @param authority the certificates of the authorities that are believed
/// @param context for the next connection: shows the certificate, and believes other nodes of this
///   cluster only
public record MemberKeys(
        Path certificate, Path key, Path authority, Supplier<SSLContext> context) {}
