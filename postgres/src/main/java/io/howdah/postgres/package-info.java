/// PostgreSQL itself, as a program on this machine: where it is installed, how it is started and
/// stopped, what its files say, and how one talks to it over its own protocol. This room knows
/// nothing of clusters: it does what it is told to one server.
@NullMarked
package io.howdah.postgres;

import org.jspecify.annotations.NullMarked;
