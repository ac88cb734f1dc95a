/// The door through which applications reach PostgreSQL: a process that holds many clients and few
/// server connections, and joins a client to a connection for as long as its transaction (or
/// session) lasts. `Proxy` starts and stops it; `settings` says what it may do. Inside: `access`
/// says who may come from where (pure), `scram` checks a client's proof of its password (pure),
/// `verifier` finds what that is checked with, `encryption` holds keys and certificates; `exchange`
/// knows what a server still owes (pure), `pool` who gets which connection next (pure), `statement`
/// whose prepared statements are where (pure), `protocol` reads and writes the messages that are
/// not just passed on, `topology` is what it must be told of a cluster, and `session` moves the
/// bytes, on one event loop.
@NullMarked
package io.howdah.proxy;

import org.jspecify.annotations.NullMarked;
