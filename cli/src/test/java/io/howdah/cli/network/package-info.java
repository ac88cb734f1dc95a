/// A whole cluster on a network that breaks. Each node runs in a network namespace of its own, as
/// on a host of its own; a virtual bridge joins them, and the tests have it lose what they like:
/// everything, one direction, one port, now and then, or nothing but slowly. Applications write at
/// every host and outside, and their [Journal] tells what was acknowledged, when, and by which
/// primary. Where it matters how a node is run, its host is a whole one, with systemd as PID 1 and
/// the unit that is shipped. Needs root, iproute2 and nftables, and systemd; elsewhere the tests
/// are skipped, and say so.
@NullMarked
package io.howdah.cli.network;

import org.jspecify.annotations.NullMarked;
