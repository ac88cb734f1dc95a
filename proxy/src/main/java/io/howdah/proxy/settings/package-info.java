/// What an operator may decide about the proxy: where it listens, which databases it leads to, how
/// many connections each may use, and how long anything may take. Values only; they refuse what is
/// impossible by the name of the key under which it was written.
@NullMarked
package io.howdah.proxy.settings;

import org.jspecify.annotations.NullMarked;
