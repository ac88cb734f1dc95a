/// What a node says and is told over HTTP: the JSON records of cluster, member and history, the
/// server that answers load balancers, probes and operators by Patroni's conventions, and the
/// client that the commands use.
@NullMarked
package io.howdah.node.api;

import org.jspecify.annotations.NullMarked;
