/// The demo: a whole cluster on this machine, every node a process of its own, in one directory
/// that this room alone understands. It lays the directory out, watches over the processes and
/// stops them in order.
@NullMarked
package io.howdah.cli.demo;

import org.jspecify.annotations.NullMarked;
