/// Hosts of their own on one machine: each has a network namespace, an address on a virtual bridge
/// that loses and delays what it is told to, and a disk of its own, a file system in a file. This
/// room makes them, breaks and mends them, and takes them down, also those that a killed process
/// left. It needs root, Linux and its usual tools, and says what is missing elsewhere.
@NullMarked
package io.howdah.cli.host;

import org.jspecify.annotations.NullMarked;
