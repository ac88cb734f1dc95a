/// Quorum synchronous replication: the order in which what PostgreSQL waits for and what an
/// election asks for may change, so that every acknowledged commit is always found.
@NullMarked
package io.howdah.cluster.synchronous;

import org.jspecify.annotations.NullMarked;
